import * as z from 'zod/mini';
import { id, instant } from './ids.ts';

/** `waiting`: it is tried until it is sent or given up (`failed`). */
export const mailState = z.enum(['waiting', 'sent', 'failed']);

export const mail = z.object({
  id,
  to: z.string(),
  subject: z.string(),
  state: mailState,
  tries: z.int(),
  /** Why the last try did not succeed, in the words of the mail server. */
  error: z.nullable(z.string()),
  createdAt: instant,
  triedAt: z.nullable(instant),
});
export type Mail = z.infer<typeof mail>;

/** GET /v1/mails (administrator): the newest of the account. `from`: the sender; null while e-mail is not set up. */
export const mails = z.object({ from: z.nullable(z.string()), mails: z.array(mail) });
export type Mails = z.infer<typeof mails>;

/** POST /v1/mails/:mailId/retry (administrator): tries one that waits or has failed again, now. */
export const mailParams = z.strictObject({ mailId: id });
