import * as z from 'zod/mini';
import { problem, refusals } from '#protocol/errors.ts';
import type { Route } from './route.ts';

type Json = Record<string, unknown>;

const shape = (schema: z.ZodMiniType, io: 'input' | 'output'): Json => {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { unrepresentable: 'any', io }) as Json;
  return rest;
};

const credentials: Record<Route['who'], Json[]> = {
  public: [],
  person: [{ session: [] }],
  operator: [{ session: [], membership: [] }],
  administrator: [{ session: [], membership: [] }],
  visitor: [{ visit: [] }],
};

/** OpenAPI 3.1 description of the routes, made from the same schemas that check them. */
export function openApi(title: string, url: string, routes: readonly Route[]): Json {
  const paths: Record<string, Json> = {};
  for (const route of routes) {
    const path = route.path.replace(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation(route) };
  }
  return {
    openapi: '3.1.0',
    info: { title, version: '1' },
    servers: [{ url }],
    paths,
    components: {
      schemas: { Problem: shape(problem, 'output') },
      securitySchemes: {
        session: { type: 'apiKey', in: 'cookie', name: 'foyer_session' },
        membership: { type: 'apiKey', in: 'header', name: 'Foyer-Operator' },
        visit: { type: 'http', scheme: 'bearer' },
      },
    },
  };
}

function operation({ who, params, query, body, answer }: Route): Json {
  const refusal = {
    description: `Codes: ${Object.keys(refusals).join(', ')}`,
    content: content('application/problem+json', { $ref: '#/components/schemas/Problem' }),
  };
  return {
    security: credentials[who],
    'x-who': who,
    parameters: [...inputs(params, 'path'), ...inputs(query, 'query')],
    ...(body && {
      requestBody: { required: true, content: content('application/json', shape(body, 'input')) },
    }),
    responses: {
      [answer ? '200' : '204']: answer
        ? { description: 'Done', content: content('application/json', shape(answer, 'output')) }
        : { description: 'Done' },
      default: refusal,
    },
  };
}

const content = (type: string, schema: Json): Json => ({ [type]: { schema } });

function inputs(schema: z.ZodMiniType | undefined, place: 'path' | 'query'): Json[] {
  if (!schema) return [];
  const { properties = {}, required = [] } = shape(schema, 'input') as {
    properties?: Json;
    required?: string[];
  };
  return Object.entries(properties).map(([name, one]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    schema: one,
  }));
}
