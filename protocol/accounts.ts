import * as z from 'zod/mini';
import { id, instant, language, line } from './ids.ts';

/** Short public name of an account, used to log in (OC-01): 2 to 40 of a-z, 0-9 and inner hyphens. */
export const accountName = z.string().check(z.regex(/^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])$/));

/** Host name, lower case, punycode for other scripts; no scheme, port or path. `localhost` is allowed. */
export const host = z
  .string()
  .check(
    z.maxLength(253),
    z.regex(/^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/),
  );

export const account = z.object({
  id,
  name: accountName,
  title: z.string(),
  language: z.string(),
  createdAt: instant,
});
export type Account = z.infer<typeof account>;

/** PATCH /v1/account (administrator) */
export const changeAccount = z.strictObject({
  title: z.optional(line(120)),
  language: z.optional(language),
});

export const domain = z.object({ host, createdAt: instant, lastSeenAt: z.nullable(instant) });
export type Domain = z.infer<typeof domain>;

/** POST /v1/account/domains (administrator): what people paste; the server keeps the host of it. */
export const addDomain = z.strictObject({ address: line(2048) });
/** GET /v1/account/domains */
export const domains = z.object({ domains: z.array(domain) });
/** DELETE /v1/account/domains/:host */
export const domainParams = z.strictObject({ host });
