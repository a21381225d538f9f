import fc from 'fast-check';
import * as z from 'zod/mini';
import { anyWrong, isObject, placesOf, replaced } from './samples.ts';

type Shape = {
  const?: unknown;
  enum?: unknown[];
  anyOf?: Shape[];
  oneOf?: Shape[];
  type?: string;
  properties?: Record<string, Shape>;
  required?: string[];
  additionalProperties?: Shape | boolean;
  propertyNames?: Shape;
  items?: Shape;
  minItems?: number;
  maxItems?: number;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  format?: string;
  pattern?: string;
};

const LONG = 60;

/** Values that a schema of the wire accepts, mostly; ids are those of `known` half of the time. */
export function accepted(schema: z.ZodMiniType, known: readonly string[]): fc.Arbitrary<unknown> {
  return arbitraryOf(z.toJSONSchema(schema, { unrepresentable: 'any', io: 'input' }) as Shape, known);
}

function arbitraryOf(shape: Shape, known: readonly string[]): fc.Arbitrary<unknown> {
  if (shape.const !== undefined) return fc.constant(shape.const);
  if (shape.enum) return fc.constantFrom(...shape.enum);
  const either = shape.anyOf ?? shape.oneOf;
  if (either) return fc.oneof(...either.map((one) => arbitraryOf(one, known)));
  switch (shape.type) {
    case 'object':
      return objectOf(shape, known);
    case 'array':
      return fc.array(arbitraryOf(shape.items ?? {}, known), {
        minLength: shape.minItems ?? 0,
        maxLength: Math.max(shape.minItems ?? 0, Math.min(shape.maxItems ?? 5, 5)),
      });
    case 'integer':
      return fc.integer({
        min: Math.max(shape.minimum ?? -10, -(2 ** 31)),
        max: Math.min(shape.maximum ?? 1000, 2 ** 31 - 1),
      });
    case 'number':
      return fc.double({ min: shape.minimum ?? -1000, max: shape.maximum ?? 1000, noNaN: true });
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'string':
      return stringOf(shape, known);
    default:
      return fc.jsonValue({ maxDepth: 2 });
  }
}

function objectOf(shape: Shape, known: readonly string[]): fc.Arbitrary<unknown> {
  const { properties = {}, required = [], additionalProperties: others } = shape;
  if (isObject(others) && Object.keys(properties).length === 0) {
    const keys = stringOf(shape.propertyNames ?? {}, known);
    return fc.dictionary(keys, arbitraryOf(others, known), { maxKeys: 4, noNullPrototype: true });
  }
  const parts = Object.entries(properties).map(([name, one]) => [name, arbitraryOf(one, known)] as const);
  return fc.record(Object.fromEntries(parts), { requiredKeys: required, noNullPrototype: true });
}

function stringOf(shape: Shape, known: readonly string[]): fc.Arbitrary<string> {
  const { format, pattern, minLength = 0, maxLength = LONG } = shape;
  if (format === 'uuid') return fc.oneof(fc.constantFrom(...known), fc.uuid());
  // Few, so that whoever guesses passwords for them is soon told to wait: each guess costs a hash.
  if (format === 'email')
    return fc.oneof({ weight: 9, arbitrary: fc.constant('a@example.com') }, fc.emailAddress());
  if (format === 'uri') return fc.webUrl();
  if (format === 'date-time') return fc.date({ noInvalidDate: true }).map((date) => date.toISOString());
  if (pattern !== undefined) return fc.stringMatching(new RegExp(pattern));
  const length = { minLength, maxLength: Math.max(minLength, Math.min(maxLength, LONG)) };
  return fc.oneof(
    fc.string({ ...length, unit: 'grapheme' }),
    fc.string({ ...length, unit: 'binary' }),
    // Exactly as long as it may be, and one longer.
    fc.constantFrom('x'.repeat(maxLength), 'x'.repeat(maxLength + 1)),
  );
}

const otherCase = (text: string): string =>
  text === text.toUpperCase() ? text.toLowerCase() : text.toUpperCase();

/** What is done to one place of a value. `undefined` leaves it out. */
const changes: ((old: unknown, wrong: unknown) => unknown)[] = [
  (_old, wrong) => wrong,
  () => undefined,
  (old) => (typeof old === 'string' ? otherCase(old) : JSON.stringify(old)),
  (old) => [old],
  (old) => (typeof old === 'string' ? old : '').padEnd(30_000, 'x'),
  (old) => (isObject(old) ? withKey(old, '__proto__', { polluted: 1 }) : { ['__proto__']: old }),
  (old) => (isObject(old) ? withKey(old, 'constructor', { prototype: { polluted: 1 } }) : null),
  (old) => (isObject(old) ? withKey(old, 'accountId', crypto.randomUUID()) : old),
  (old) =>
    isObject(old)
      ? Object.fromEntries(Object.entries(old).map(([key, value]) => [otherCase(key), value]))
      : old,
];

/** A copy with one own key more, whatever it is called. */
function withKey(object: object, key: string, value: unknown): object {
  const copy = { ...object };
  Object.defineProperty(copy, key, { value, enumerable: true, configurable: true, writable: true });
  return copy;
}

const at = (value: unknown, place: string[]): unknown =>
  place.reduce<unknown>((inner, key) => (inner as Record<string, unknown>)[key], value);

/** JSON text of a value: as it is, with one or two places changed, or with a few bytes changed. */
export function mangled(value: fc.Arbitrary<unknown>): fc.Arbitrary<string> {
  const change = fc.record({ place: fc.nat(), how: fc.constantFrom(...changes), wrong: anyWrong });
  const text = fc.tuple(value, fc.array(change, { maxLength: 2 })).map(([good, list]) => {
    let made = good;
    for (const { place, how, wrong } of list) {
      const places = placesOf(made);
      const one = places[place % places.length] ?? [];
      made = replaced(made, one, how(at(made, one), wrong));
    }
    return JSON.stringify(made) ?? '';
  });
  return fc.oneof({ weight: 4, arbitrary: text }, { weight: 1, arbitrary: text.chain(withOtherSigns) });
}

function withOtherSigns(text: string): fc.Arbitrary<string> {
  const edit = fc.record({
    at: fc.nat(Math.max(0, text.length)),
    remove: fc.nat(3),
    insert: fc.string({ unit: 'binary', maxLength: 3 }),
  });
  return fc
    .array(edit, { minLength: 1, maxLength: 3 })
    .map((edits) =>
      edits.reduce((made, one) => made.slice(0, one.at) + one.insert + made.slice(one.at + one.remove), text),
    );
}
