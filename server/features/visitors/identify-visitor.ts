import { jwtVerify } from 'jose';
import * as z from 'zod/mini';
import { email, line, text } from '#protocol/ids.ts';
import type { Visit } from '#protocol/chatboxes.ts';
import type { VisitorActor } from '../../core/actor.ts';
import type { Tx } from '../../core/database/database.ts';
import { Refusal } from '../../core/errors.ts';
import { hasCode } from '../../core/has-code.ts';
import type { Context } from '../../context.ts';
import { identitySecret } from '../accounts/identity-secret.ts';
import { visitOf } from './open-visit.ts';
import { findByExternalId, setExternalId, upsertVisitor, useIdentity } from './store.ts';

const LONGEST_MINUTES = 10;

/** Claims of the customer's JWT: who the visitor is on the customer's own site. */
const identity = z.object({
  sub: text(200).check(z.minLength(1)),
  exp: z.number(),
  jti: z.optional(text(100)),
  name: z.optional(line(120)),
  email: z.optional(email),
});
type Claims = z.infer<typeof identity>;

/**
 * Makes the visitor the one that the customer's server vouches for (HS256 with the account's identity secret, valid for
 * ten minutes at most). Somebody else's identity never sees this visitor's conversations: a known identity continues
 * as itself, a new one keeps what was begun in this same visit by a still anonymous visitor (pains.md 1.7).
 * Throws `bad_signature`.
 */
export async function identifyVisitor(context: Context, actor: VisitorActor, token: string): Promise<Visit> {
  const claims = await verified(context, actor.accountId, token);
  return identified(context, actor, claims).catch((error: unknown) => {
    // Two visits that are new to this identity at once: the second finds what the first has made.
    if (hasCode(error, '23505')) return identified(context, actor, claims);
    throw error;
  });
}

/** All or nothing: what fails leaves the identity unused, so that an honest repeat is heard. */
function identified(context: Context, actor: VisitorActor, claims: Claims): Promise<Visit> {
  return context.db.inAccount(actor.accountId, async (tx) => {
    if (claims.jti !== undefined && !(await useIdentity(tx, actor.accountId, claims.jti, claims.exp + 60)))
      throw notAccepted();
    return visitOf(context, { ...actor, visitorId: await visitorIdOf(tx, actor, claims) });
  });
}

/** The visitor that this identity is from now on. */
async function visitorIdOf(
  tx: Tx,
  actor: VisitorActor,
  { sub, name, email: address }: Claims,
): Promise<string> {
  const { accountId } = actor;
  const known = await findByExternalId(tx, accountId, sub);
  if (known) {
    await upsertVisitor(tx, accountId, known.visitor_id, { name, email: address });
    return known.visitor_id;
  }
  // Locked, so that one anonymous visitor does not become two people.
  const current = await upsertVisitor(tx, accountId, actor.visitorId, {});
  // What an earlier visit left open on a shared computer may be somebody else's.
  const isOwn = current.external_id === null && current.first_seen_at >= actor.since;
  const id = isOwn ? actor.visitorId : crypto.randomUUID();
  await upsertVisitor(tx, accountId, id, { name, email: address });
  await setExternalId(tx, accountId, id, sub);
  return id;
}

async function verified(context: Context, accountId: string, token: string): Promise<Claims> {
  const secret = await context.db.inAccount(accountId, (tx) => identitySecret(tx, accountId));
  try {
    const { payload } = await jwtVerify(token, new TextEncoder().encode(secret), {
      algorithms: ['HS256'],
      requiredClaims: ['sub', 'exp'],
      clockTolerance: 30,
    });
    const claims = identity.parse(payload);
    if (claims.exp > Date.now() / 1000 + LONGEST_MINUTES * 60 + 30) throw new Error('valid for too long');
    return claims;
  } catch {
    throw notAccepted();
  }
}

function notAccepted(): Refusal {
  const rule =
    'It must be a JWT with HS256, signed with the account\'s identity secret, with "sub" and an "exp" within ten minutes.';
  return new Refusal('bad_signature', `The identity was not accepted. ${rule}`);
}
