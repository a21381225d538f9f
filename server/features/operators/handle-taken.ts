import { Refusal } from '../../core/errors.ts';
import { hasCode } from '../../core/has-code.ts';

/** What a failed write of an operator means: the refusal for a handle that is in use, or the error as it is. */
export function handleTaken(error: unknown, handle: string | undefined): unknown {
  if (handle === undefined || !hasCode(error, '23505')) return error;
  const sentence = `The name "${handle}" is taken in this account. Please choose another one.`;
  return new Refusal('conflict', sentence, { fields: { handle: sentence } });
}
