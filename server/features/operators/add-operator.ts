import { randomBytes } from 'node:crypto';
import type * as z from 'zod/mini';
import type { AddedOperator } from '#protocol/memberships.ts';
import type { addOperator as schema } from '#protocol/operators.ts';
import type { OperatorActor } from '../../core/actor.ts';
import type { Context } from '../../context.ts';
import { isRegistered } from '../auth/address-of.ts';
import { createPerson } from '../auth/create-person.ts';
import { requestMembership } from '../memberships/request-membership.ts';
import { askToVerify } from '../auth/verify-email.ts';
import { joinAccount } from './join-account.ts';
import { tellOperators } from './tell-operators.ts';

const PASSWORD_BYTES = 15;

/**
 * Adds a person to the installation and to the actor's account. Without a password a random one is made, and only this
 * answer shows it (OP-01). Somebody who is registered already is asked instead (OP-04). Throws `conflict` that names
 * the field when the handle is taken, `limit_reached`.
 */
export async function addOperator(
  context: Context,
  actor: OperatorActor,
  { email: written, name, handle, role, password }: z.infer<typeof schema>,
): Promise<AddedOperator> {
  const { accountId } = actor;
  const email = written.toLowerCase();
  if (await isRegistered(context.db.persons, email))
    return { request: await requestMembership(context, actor, { email, name, handle, role }) };
  const made = password === undefined ? randomBytes(PASSWORD_BYTES).toString('base64url') : undefined;
  const { operator, seq } = await context.db.inAccount(accountId, async (tx) => {
    const person = await createPerson(tx, {
      name,
      email,
      password: password ?? made ?? '',
      platformAdministrator: false,
    });
    await askToVerify(context, tx, accountId, person);
    return joinAccount(tx, accountId, { personId: person.id, handle, name, role });
  });
  tellOperators(context, accountId, seq, { operators: [operator] });
  return { operator, password: made };
}
