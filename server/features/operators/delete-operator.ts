import type { OperatorActor } from '../../core/actor.ts';
import { Refusal } from '../../core/errors.ts';
import type { Context } from '../../context.ts';
import { endMembership } from './end-membership.ts';

/** OP-05. Throws `not_found`, and `conflict` for the last administrator and for oneself: leaving is another thing. */
export async function deleteOperator(
  context: Context,
  actor: OperatorActor,
  operatorId: string,
): Promise<void> {
  if (operatorId === actor.operatorId) {
    const sentence = 'This is you. To leave this account, use Settings, Operator companies.';
    throw new Refusal('conflict', sentence);
  }
  await endMembership(context, actor.accountId, operatorId);
}
