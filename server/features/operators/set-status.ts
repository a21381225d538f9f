import type { Status } from '#protocol/operators.ts';
import type { OperatorActor } from '../../core/actor.ts';
import { notFound } from '../../core/errors.ts';
import type { Context } from '../../context.ts';
import { nextChange } from '../accounts/change-stream.ts';
import { findOperator, updateOperator } from './store.ts';
import { tellOperators } from './tell-operators.ts';

/** The operator's own choice of online, away or offline; in force at once for colleagues and visitors. */
export async function setStatus(context: Context, actor: OperatorActor, status: Status): Promise<void> {
  const { accountId, operatorId } = actor;
  const changed = await context.db.inAccount(accountId, async (tx) => {
    const operator = await findOperator(tx, accountId, operatorId);
    if (!operator) throw notFound('operator');
    if (operator.status === status) return undefined;
    const seq = await nextChange(tx, accountId);
    const changed = await updateOperator(tx, accountId, operatorId, { status }, seq);
    if (!changed) throw notFound('operator');
    return { seq, operator: changed };
  });
  if (!changed) return;
  tellOperators(context, accountId, changed.seq, { operators: [changed.operator] });
  await context.presence.changed(accountId);
}
