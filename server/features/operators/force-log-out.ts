import type { OperatorActor } from '../../core/actor.ts';
import { notFound } from '../../core/errors.ts';
import type { Context } from '../../context.ts';
import { updateSignedOut } from './store.ts';
import { tellMembership } from './tell-operators.ts';

/**
 * Ends the operator's work in this account until it signs in again (OP-03): its open lines are closed at once, and the
 * sessions that it has do not count here any more. What the person does in other accounts goes on. Throws `not_found`.
 */
export async function forceLogOut(
  context: Context,
  { accountId }: OperatorActor,
  operatorId: string,
): Promise<void> {
  const found = await context.db.inAccount(accountId, (tx) =>
    updateSignedOut(tx, accountId, operatorId, new Date()),
  );
  if (!found) throw notFound('operator');
  await tellMembership(context, accountId, operatorId);
}
