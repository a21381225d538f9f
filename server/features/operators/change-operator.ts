import type * as z from 'zod/mini';
import type { changeOperator as schema, Operator } from '#protocol/operators.ts';
import type { OperatorActor } from '../../core/actor.ts';
import { notFound } from '../../core/errors.ts';
import type { Context } from '../../context.ts';
import { nextChange } from '../accounts/change-stream.ts';
import { handleTaken } from './handle-taken.ts';
import { keepAdministrator } from './keep-administrator.ts';
import { updateOperator } from './store.ts';
import { tellMembership, tellOperators } from './tell-operators.ts';

/**
 * Changes what is named of an operator of the actor's account (OP-03). Another role or name is in force at once, on
 * its open lines too. Throws `not_found`, and `conflict` for a taken handle or the last administrator.
 */
export async function changeOperator(
  context: Context,
  { accountId }: OperatorActor,
  operatorId: string,
  change: z.infer<typeof schema>,
): Promise<Operator> {
  const { seq, operator } = await context.db.inAccount(accountId, async (tx) => {
    const seq = await nextChange(tx, accountId);
    if (change.role === 'normal') await keepAdministrator(tx, accountId, operatorId);
    const operator = await updateOperator(tx, accountId, operatorId, change, seq).catch((error: unknown) => {
      throw handleTaken(error, change.handle);
    });
    if (!operator) throw notFound('operator');
    return { seq, operator };
  });
  tellOperators(context, accountId, seq, { operators: [operator] });
  await tellMembership(context, accountId, operatorId);
  // Another limit, and it may be free, or busy, for open widgets.
  if (change.capacity !== undefined) await context.presence.changed(accountId);
  return operator;
}

/** OC-18: the own name, as visitors and colleagues of this account see it. */
export const changeProfile = (context: Context, actor: OperatorActor, name: string): Promise<Operator> =>
  changeOperator(context, actor, actor.operatorId, { name });
