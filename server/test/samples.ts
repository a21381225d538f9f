import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import * as z from 'zod/mini';

type Json = { [key: string]: unknown };
type Shape = {
  type?: string;
  const?: unknown;
  enum?: unknown[];
  anyOf?: Shape[];
  oneOf?: Shape[];
  properties?: Record<string, Shape>;
  required?: string[];
  items?: Shape;
  minItems?: number;
  format?: string;
  pattern?: string;
  minimum?: number;
  minLength?: number;
};

/** What fits a pattern cannot be told from it, so every name that has one is here. */
const patterned: Record<string, string> = {
  name: 'abc-1',
  account: 'abc-1',
  handle: 'abc',
  language: 'en',
  host: 'a.example',
  colour: '#000000',
  key: 'A'.repeat(22),
  languages: 'en',
  timeZone: 'UTC',
  file: `${'A'.repeat(22)}.js`,
};
const formatted: Record<string, () => string> = {
  uuid: () => randomUUID(),
  email: () => 'somebody@example.com',
  uri: () => 'https://a.example/',
  'date-time': () => new Date().toISOString(),
};

/** A value that a schema of the wire accepts, with every optional part there; made from its JSON Schema. */
export function sampleOf(schema: z.ZodMiniType): Json {
  const sample = valueOf(
    z.toJSONSchema(schema, { unrepresentable: 'any', io: 'input' }) as Shape,
    '',
  ) as Json;
  const result = schema.safeParse(sample);
  if (!result.success) throw new Error(`no sample for ${JSON.stringify(sample)}: ${result.error.message}`);
  return sample;
}

function valueOf(shape: Shape, name: string): unknown {
  if (shape.const !== undefined) return shape.const;
  if (shape.enum) return shape.enum[0];
  const [first] = shape.anyOf ?? shape.oneOf ?? [];
  if (first) return valueOf(first, name);
  switch (shape.type) {
    case 'object':
      return Object.fromEntries(
        Object.entries(shape.properties ?? {}).map(([key, value]) => [key, valueOf(value, key)]),
      );
    case 'array':
      return Array.from({ length: shape.minItems ?? 0 }, () => valueOf(shape.items ?? {}, name));
    case 'integer':
    case 'number':
      return name === 'wait' ? 0 : Math.max(1, shape.minimum ?? 1);
    case 'boolean':
      return true;
    case 'string':
      if (shape.format && formatted[shape.format]) return formatted[shape.format]?.();
      return shape.pattern ? (patterned[name] ?? 'pattern') : 'x'.repeat(shape.minLength ?? 5);
    default:
      return name === 'before' ? 1 : null;
  }
}

/** Every place in a value that can be replaced, the whole included. */
export function placesOf(value: unknown, path: string[] = []): string[][] {
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, inner]) => placesOf(inner, [...path, key]))];
}

/** A copy with another value at that place; `undefined` leaves it out. */
export function replaced(value: unknown, [key, ...rest]: string[], by: unknown): unknown {
  if (key === undefined) return by;
  const copy = structuredClone(value) as Json;
  copy[key] = replaced(copy[key], rest, by);
  return copy;
}

/** JSON text of lists in lists. */
export const deep = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`;
/** What does not belong where it is put, mostly. */
export const wrong: unknown[] = [
  undefined,
  null,
  0,
  -1,
  1.5,
  1e300,
  2 ** 53,
  true,
  '',
  ' ',
  'x',
  'X'.repeat(10_000),
  '\u0000',
  'a\u0000b',
  '\ud800',
  'a\udfff',
  '\r\nx: y',
  [],
  ['x'],
  {},
  { $ne: null },
  { toString: 1 },
  JSON.parse('{"__proto__":{"polluted":1}}'),
  { constructor: { prototype: { polluted: 1 } } },
  JSON.parse(deep(200)),
  '00000000-0000-0000-0000-000000000000',
  'FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF',
  "' or 1=1 --",
  '{{7*7}}',
  '../../etc/passwd',
  '\u202e',
  '\u{1f600}',
];
export const anyWrong = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...wrong) },
  fc.jsonValue({ maxDepth: 3 }),
  fc.string({ unit: 'binary', maxLength: 300 }),
);

export const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Eight at a time. */
export async function inParallel<T>(items: T[], work: (item: T) => Promise<void>): Promise<void> {
  const waiting = items.values();
  await Promise.all(
    Array.from({ length: 8 }, async () => {
      for (const item of waiting) await work(item);
    }),
  );
}
