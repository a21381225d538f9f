import type { Status } from '#protocol/operators.ts';
import type { OperatorActor } from '../../core/actor.ts';
import { notFound } from '../../core/errors.ts';
import { topics } from '../../core/realtime/topics.ts';
import type { Context } from '../../context.ts';
import { nextChange } from '../accounts/change-stream.ts';
import { findOperator, updateStatus } from './store.ts';

/** The operator's own choice of online, away or offline; in force at once for colleagues and visitors. */
export async function setStatus(context: Context, actor: OperatorActor, status: Status): Promise<void> {
  const { accountId, operatorId } = actor;
  const changed = await context.db.inAccount(accountId, async (tx) => {
    const operator = await findOperator(tx, accountId, operatorId);
    if (!operator) throw notFound('operator');
    if (operator.status === status) return undefined;
    const seq = await nextChange(tx, accountId);
    await updateStatus(tx, accountId, operatorId, status, seq);
    return { seq, operator: { ...operator, status } };
  });
  if (!changed) return;
  const { seq, operator } = changed;
  const event = { type: 'changes' as const, seq, conversations: [], operators: [operator] };
  context.hub.publish({ topic: topics.account(accountId), seq, event });
  await context.presence.changed(accountId);
}
