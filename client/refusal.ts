import type { RefusalCode } from '#protocol/errors.ts';
import type { Refused } from '#protocol/session.ts';

/** The server said no; a repeat cannot change it. `code` is of protocol/errors.ts, `message` is for people. */
export class Refusal extends Error {
  readonly code: string;
  constructor(refused: Pick<Refused, 'code' | 'message'>) {
    super(refused.message);
    this.name = 'Refusal';
    this.code = refused.code;
  }
}

/** Codes whose action in protocol/errors.ts is `retry` or `wait`; refusal.test.ts compares. */
export const passing: readonly string[] = ['rate_limited', 'internal', 'unavailable'] satisfies RefusalCode[];

/** Codes whose action is `sign-in`: a new credential, then the same again. */
export const signIn: readonly string[] = ['not_signed_in', 'token_expired'] satisfies RefusalCode[];
