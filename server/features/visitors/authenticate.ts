import type { VisitorActor } from '../../core/actor.ts';
import { Refusal } from '../../core/errors.ts';
import type { Context } from '../../context.ts';
import { visitorOf } from './tokens.ts';

/** The visitor of an `Authorization: Bearer` header. Throws `not_signed_in`, `token_expired`. */
export async function authenticateVisitor(context: Context, headers: Headers): Promise<VisitorActor> {
  const token = /^Bearer ([\w.-]{1,2000})$/.exec(headers.get('authorization') ?? '')?.[1];
  if (token === undefined)
    throw new Refusal('not_signed_in', 'A visitor shows its token in the Authorization header.');
  return visitorOf(context.key('visitor'), token, 'access');
}
