import { randomBytes } from 'node:crypto';
import type * as z from 'zod/mini';
import type { addedOperator, addOperator as schema } from '#protocol/operators.ts';
import type { OperatorActor } from '../../core/actor.ts';
import { topics } from '../../core/realtime/topics.ts';
import type { Context } from '../../context.ts';
import { createPerson } from '../auth/create-person.ts';
import { joinAccount } from './join-account.ts';

const PASSWORD_BYTES = 15;

/**
 * Adds a person to the installation and to the actor's account. Without a password a random one is made, and only this
 * answer shows it (OP-01). Throws `conflict` that names the field when the e-mail address or the handle is taken.
 */
export async function addOperator(
  { db, hub }: Context,
  { accountId }: OperatorActor,
  { email, name, handle, role, password }: z.infer<typeof schema>,
): Promise<z.infer<typeof addedOperator>> {
  const made = password === undefined ? randomBytes(PASSWORD_BYTES).toString('base64url') : undefined;
  const { operator, seq } = await db.inAccount(accountId, async (tx) => {
    const person = await createPerson(tx, {
      name,
      email,
      password: password ?? made ?? '',
      platformAdministrator: false,
    });
    return joinAccount(tx, accountId, { personId: person.id, handle, name, role });
  });
  hub.publish({
    topic: topics.account(accountId),
    seq,
    event: { type: 'changes', seq, conversations: [], operators: [operator] },
  });
  return { operator, password: made };
}
