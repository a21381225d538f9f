import * as z from 'zod/mini';
import { Refusal } from './errors.ts';

z.config(z.locales.en());

/** Checks outside input against its schema. Throws `invalid` with one sentence a field. */
export function parse<S extends z.ZodMiniType>(schema: S, input: unknown): z.output<S> {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const fields: Record<string, string> = {};
  for (const issue of result.error.issues.slice(0, 20)) {
    fields[issue.path.map(String).join('.') || 'body'] ??= issue.message;
  }
  const [where, why] = Object.entries(fields)[0] ?? ['body', 'is not as expected'];
  throw new Refusal('invalid', `Please correct "${where.slice(0, 80)}": ${why.replace(/[.!?]?$/, '.')}`, {
    fields,
  });
}
