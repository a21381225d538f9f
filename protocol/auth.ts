import * as z from 'zod/mini';
import { accountName } from './accounts.ts';
import { email, id, instant, language, line, text } from './ids.ts';
import { handle, role } from './operators.ts';

const password = text(200).check(z.minLength(10));

/** GET /v1/setup (public): whether the installation still waits for its first administrator. */
export const setupState = z.object({ needed: z.boolean() });

/** POST /v1/setup (public, one-time token of the start log): first person, account, operator, domain; signs in. */
export const setUp = z.strictObject({
  token: z.string().check(z.minLength(20), z.maxLength(200)),
  name: line(120),
  email,
  password,
  account: z.strictObject({ name: accountName, title: line(120), language, domain: line(2048) }),
});

/** POST /v1/session (public): the two ways of OC-01. Answers `me` and sets the session cookie. */
export const signIn = z.union([
  z.strictObject({ email, password: text(200) }),
  z.strictObject({ account: accountName, handle, password: text(200) }),
]);
export type SignIn = z.infer<typeof signIn>;

/** GET /v1/session (person); DELETE /v1/session signs out. */
export const me = z.object({
  person: z.object({
    id,
    name: z.string(),
    email: z.string(),
    emailVerified: z.boolean(),
    platformAdministrator: z.boolean(),
  }),
  memberships: z.array(
    z.object({
      operatorId: id,
      handle,
      name: z.string(),
      role,
      account: z.object({ id, name: z.string(), title: z.string() }),
    }),
  ),
});
export type Me = z.infer<typeof me>;

/** GET /v1/person/sessions; DELETE /v1/person/sessions/:sessionId ends one at once, its open sockets too. */
export const sessions = z.object({
  sessions: z.array(
    z.object({
      id,
      current: z.boolean(),
      createdAt: instant,
      lastUsedAt: instant,
      browser: z.nullable(z.string()),
    }),
  ),
});
export type Sessions = z.infer<typeof sessions>;
export const sessionParams = z.strictObject({ sessionId: id });

/** POST /v1/person/password: ends every other session of the person. */
export const changePassword = z.strictObject({ current: text(200), next: password });

/** The secret of a link that came by e-mail. */
const token = z.string().check(z.minLength(20), z.maxLength(200));

/** POST /v1/password-reset (public): answers 202 and nothing, whether the address is anybody's or not (C1). */
export const askForReset = z.strictObject({ email });

/** POST /v1/password-reset/redeem (public): ends every session of the person, opens one here, answers `me`. */
export const redeemReset = z.strictObject({ token, password });

/** POST /v1/person/email-verification (person) sends the link again; /v1/email-verification/redeem (public) spends it. */
export const redeemVerification = z.strictObject({ token });
export const verifiedEmail = z.object({ email: z.string() });
export type VerifiedEmail = z.infer<typeof verifiedEmail>;
