import * as z from 'zod/mini';

/**
 * Stable code of every refusal, and what the receiver does about it.
 * `retry`: send the same again after `after` seconds or a reconnect. `wait`: the rate limit; as retry, later.
 * `fix`: the input is wrong, show the sentence. `sign-in`: get a new credential. `stop`: do not repeat.
 */
export const refusals = {
  invalid: { status: 400, action: 'fix' },
  not_signed_in: { status: 401, action: 'sign-in' },
  token_expired: { status: 401, action: 'sign-in' },
  wrong_credentials: { status: 401, action: 'fix' },
  bad_signature: { status: 401, action: 'stop' },
  not_allowed: { status: 403, action: 'stop' },
  wrong_origin: { status: 403, action: 'stop' },
  not_found: { status: 404, action: 'stop' },
  conflict: { status: 409, action: 'fix' },
  taken: { status: 409, action: 'stop' },
  unavailable_target: { status: 409, action: 'fix' },
  wrong_language: { status: 409, action: 'fix' },
  closed: { status: 409, action: 'stop' },
  setup_done: { status: 409, action: 'stop' },
  too_large: { status: 413, action: 'fix' },
  wrong_media_type: { status: 415, action: 'fix' },
  limit_reached: { status: 422, action: 'fix' },
  rate_limited: { status: 429, action: 'wait' },
  unsupported_protocol: { status: 400, action: 'stop' },
  internal: { status: 500, action: 'retry' },
  unavailable: { status: 503, action: 'retry' },
} as const satisfies Record<string, { status: number; action: RefusalAction }>;

export type RefusalAction = 'retry' | 'wait' | 'fix' | 'sign-in' | 'stop';
export type RefusalCode = keyof typeof refusals;

export const refusalCode = z.enum(Object.keys(refusals) as [RefusalCode, ...RefusalCode[]]);

/** problem+json (RFC 9457) of every HTTP error; `code` is the stable part, `detail` the sentence for people. */
export const problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: refusalCode,
  detail: z.string(),
  /** Where the input is wrong: path -> sentence. */
  fields: z.optional(z.record(z.string(), z.string())),
  /** Seconds to wait before a repeat makes sense. */
  after: z.optional(z.number()),
});
export type Problem = z.infer<typeof problem>;
