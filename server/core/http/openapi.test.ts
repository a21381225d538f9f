import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as z from 'zod/mini';
import { openApi } from './openapi.ts';
import { route } from './route.ts';

type Body = {
  content: {
    'application/json': { schema: { properties: Record<string, { maxLength?: number; type?: string }> } };
  };
};
type Described = {
  parameters: { name: string; in: string; required: boolean }[];
  requestBody: Body;
  security: unknown;
  responses: Record<string, Body>;
};

test('a route is described by the schemas that check it', () => {
  const thing = route({
    on: 'console',
    method: 'PATCH',
    path: '/v1/things/:thingId',
    who: 'administrator',
    params: z.strictObject({ thingId: z.uuid() }),
    query: z.strictObject({ deep: z.optional(z.string()) }),
    body: z.strictObject({ name: z.string().check(z.maxLength(5)) }),
    answer: z.object({ ok: z.boolean() }),
    handle: async () => ({ ok: true }),
  });
  const { paths } = openApi('Foyer', 'http://localhost', [thing]) as {
    paths: Record<string, Record<string, Described>>;
  };
  const described = paths['/v1/things/{thingId}']?.['patch'];
  assert.ok(described);
  assert.deepEqual(
    described.parameters.map(({ name, in: place, required }) => [name, place, required]),
    [
      ['thingId', 'path', true],
      ['deep', 'query', false],
    ],
  );
  assert.equal(described.requestBody.content['application/json'].schema.properties['name']?.maxLength, 5);
  assert.deepEqual(described.security, [{ session: [], membership: [] }]);
  assert.equal(
    described.responses['200']?.content['application/json'].schema.properties['ok']?.type,
    'boolean',
  );
});
