import { jwtVerify, SignJWT } from 'jose';
import * as z from 'zod/mini';
import { id } from '#protocol/ids.ts';
import type { VisitorActor } from '../../core/actor.ts';
import { Refusal } from '../../core/errors.ts';

const ACCESS_SECONDS = 15 * 60;
const REFRESH_SECONDS = 180 * 24 * 60 * 60;

/** Away for longer than this, whoever comes back may be somebody else at the same computer. */
const VISIT_SECONDS = 4 * 60 * 60;

const claims = z.object({ sub: id, account: id, chatbox: id, since: z.number(), iat: z.number() });

/** Two tokens of one visit. Nothing is stored for them: a visitor that never acts costs no row. */
export async function issueTokens(key: Uint8Array, { visitorId, accountId, chatboxId, since }: VisitorActor) {
  const sign = (use: string, seconds: number) =>
    new SignJWT({ account: accountId, chatbox: chatboxId, since: since.getTime() })
      .setProtectedHeader({ alg: 'HS256' })
      .setSubject(visitorId)
      .setAudience(use)
      .setIssuedAt()
      .setExpirationTime(`${seconds}s`)
      .sign(key);
  const accessExpiresAt = new Date(Date.now() + ACCESS_SECONDS * 1000).toISOString();
  return {
    access: await sign('access', ACCESS_SECONDS),
    accessExpiresAt,
    refresh: await sign('refresh', REFRESH_SECONDS),
  };
}

/** The visitor that a token speaks for, and until when. Throws `token_expired`, `not_signed_in`. */
export async function visitorOf(
  key: Uint8Array,
  token: string,
  use: 'access' | 'refresh',
): Promise<VisitorActor> {
  try {
    const { payload } = await jwtVerify(token, key, { algorithms: ['HS256'], audience: use });
    const { sub, account, chatbox, since, iat } = claims.parse(payload);
    const again = use === 'refresh' && iat < Date.now() / 1000 - VISIT_SECONDS;
    const began = again ? new Date() : new Date(since);
    return { kind: 'visitor', visitorId: sub, accountId: account, chatboxId: chatbox, since: began };
  } catch (error) {
    const expired = error instanceof Error && 'code' in error && error.code === 'ERR_JWT_EXPIRED';
    if (expired) throw new Refusal('token_expired', 'The visit has expired. Please reload the page.');
    throw new Refusal('not_signed_in', 'This visit is not known here. Please reload the page.');
  }
}
