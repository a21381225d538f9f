import * as z from 'zod/mini';
import { replaced, sampleOf } from '../../server/test/samples.ts';

type Shape = {
  type?: string;
  const?: unknown;
  enum?: unknown[];
  format?: string;
  anyOf?: Shape[];
  oneOf?: Shape[];
  properties?: Record<string, Shape>;
  additionalProperties?: Shape | boolean;
};

/** A text in what somebody sends, which that person may choose. */
export type Field = {
  /** `message.post text` */
  name: string;
  path: string[];
  /** The payload as the schema lets it stand in this field; undefined when nothing like it may. */
  take: (payload: string) => string | undefined;
};

/** How a payload is dressed where the bare one is refused. */
const dresses: ((payload: string) => string)[] = [
  (payload) => payload,
  (payload) => payload.replace(/[\r\n]+/g, ' '),
  (payload) => `https://shop.test/${payload}`,
  (payload) => `https://shop.test/#${encodeURIComponent(payload)}`,
  (payload) => `${payload}@shop.test`,
  (payload) => `${payload.replace(/[^\w'+.-]/g, '')}@shop.test`,
];
const lengths = [Infinity, 300, 200, 120, 60];

/** Every field of a schema of the wire that takes at least one of the payloads. Ids, enums and the like take none. */
export function fieldsOf(name: string, schema: z.ZodMiniType, payloads: readonly string[]): Field[] {
  const shape = z.toJSONSchema(schema, { unrepresentable: 'any', io: 'input' }) as Shape;
  const sample = sampleOf(schema);
  const fields = textsIn(shape).map((path): Field => {
    const fit = (payload: string): string | undefined => {
      for (const cut of new Set(lengths.map((length) => payload.slice(0, length)))) {
        for (const dress of dresses) {
          const result = schema.safeParse(replaced(sample, path, dress(cut)));
          if (result.success) return textAt(result.data, path);
        }
      }
      return undefined;
    };
    const known = new Map<string, string | undefined>();
    const take = (payload: string): string | undefined => {
      if (!known.has(payload)) known.set(payload, fit(payload));
      return known.get(payload);
    };
    return { name: `${name} ${path.join('.')}`, path, take };
  });
  return fields.filter(({ take }) => payloads.some((payload) => take(payload) !== undefined));
}

/** What a person sends with the payload in each of the fields that take it. */
export function filled(schema: z.ZodMiniType, fields: readonly Field[], payload: string): object {
  return fields.reduce<unknown>((body, { path, take }) => {
    const text = take(payload);
    return text === undefined ? body : replaced(body, path, text);
  }, sampleOf(schema)) as object;
}

/** A record of texts is represented by one of its entries. */
function textsIn(shape: Shape, path: string[] = []): string[][] {
  if (shape.const !== undefined || shape.enum || shape.format === 'uuid') return [];
  const options = shape.anyOf ?? shape.oneOf;
  if (options) return textsIn(options[0] ?? {}, path);
  if (shape.type === 'string') return [path];
  if (shape.type !== 'object') return [];
  const entries = Object.entries(shape.properties ?? {});
  const any = typeof shape.additionalProperties === 'object' ? shape.additionalProperties : {};
  return [
    ...entries.flatMap(([key, inner]) => textsIn(inner, [...path, key])),
    ...textsIn(any, [...path, 'note']),
  ];
}

function textAt(value: unknown, path: string[]): string {
  return path.reduce<unknown>((inner, key) => (inner as Record<string, unknown>)[key], value) as string;
}
