import type { Routing } from '#protocol/routing.ts';
import type { OperatorActor } from '../../core/actor.ts';
import { notFound } from '../../core/errors.ts';
import type { Context } from '../../context.ts';
import { changeRouting } from './change-routing.ts';
import { deleteRule } from './store.ts';

/** Throws `not_found`. */
export function removeRule(context: Context, actor: OperatorActor, ruleId: string): Promise<Routing> {
  return changeRouting(context, actor, async (tx, { rules }) => {
    if (!rules.some(({ id }) => id === ruleId)) throw notFound('rule');
    await deleteRule(tx, actor.accountId, ruleId);
  });
}
