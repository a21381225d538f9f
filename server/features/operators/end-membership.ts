import { notFound } from '../../core/errors.ts';
import type { Context } from '../../context.ts';
import { nextChange } from '../accounts/change-stream.ts';
import { forgetOperator } from '../routing/forget-operator.ts';
import { keepAdministrator } from './keep-administrator.ts';
import { updateOperator } from './store.ts';
import { tellMembership, tellOperators } from './tell-operators.ts';

/**
 * Ends a membership: the row stays, so that history keeps its names (OP-05), and everything else goes at once: lists,
 * routing, presence, open lines. Throws `not_found`, and `conflict` for the last administrator.
 */
export async function endMembership(context: Context, accountId: string, operatorId: string): Promise<void> {
  const { seq, routing } = await context.db.inAccount(accountId, async (tx) => {
    const seq = await nextChange(tx, accountId);
    await keepAdministrator(tx, accountId, operatorId);
    const ended = { deleted_at: new Date(), status: 'offline' as const };
    if (!(await updateOperator(tx, accountId, operatorId, ended, seq))) throw notFound('operator');
    return { seq, routing: await forgetOperator(tx, accountId, operatorId, seq) };
  });
  tellOperators(context, accountId, seq, { removedOperators: [operatorId], routing });
  await tellMembership(context, accountId, operatorId);
  await context.presence.changed(accountId);
}
