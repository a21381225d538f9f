import type { Routing } from '#protocol/routing.ts';
import type { OperatorActor } from '../../core/actor.ts';
import type { Context } from '../../context.ts';
import { changeRouting, existing } from './change-routing.ts';
import { replaceRecipients } from './store.ts';

/** Who gets offline messages by e-mail (OP-08), whole. Throws `not_found` for an operator that is none. */
export function setRecipients(context: Context, actor: OperatorActor, operators: string[]): Promise<Routing> {
  return changeRouting(context, actor, async (tx) =>
    replaceRecipients(tx, actor.accountId, await existing(tx, actor.accountId, operators)),
  );
}
