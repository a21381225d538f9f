import type { Routing } from '#protocol/routing.ts';
import type { OperatorActor } from '../../core/actor.ts';
import type { Tx } from '../../core/database/database.ts';
import { notFound } from '../../core/errors.ts';
import { topics } from '../../core/realtime/topics.ts';
import type { Context } from '../../context.ts';
import { nextChange } from '../accounts/change-stream.ts';
import { readRouting } from './read-routing.ts';
import { countOperators, openRouting, stampRouting, type Taken } from './store.ts';

/** What a change finds: the account's routing, which nobody else changes until the commit. */
export type Before = Routing & { undo: Taken | null };

/**
 * Every change of routing: one after the other, with a place in the account's change stream, and told to its operators
 * and open widgets at once (OP-12). Answers the whole newest state.
 */
export async function changeRouting(
  { db, hub, presence }: Pick<Context, 'db' | 'hub' | 'presence'>,
  { accountId }: OperatorActor,
  change: (tx: Tx, before: Before) => Promise<void>,
): Promise<Routing> {
  const { seq, routing } = await db.inAccount(accountId, async (tx) => {
    // First, for its lock: what is found here stays so until the commit.
    const seq = await nextChange(tx, accountId);
    const undo = await openRouting(tx, accountId);
    await change(tx, { ...(await readRouting(tx, accountId)), undo });
    await stampRouting(tx, accountId, seq);
    return { seq, routing: await readRouting(tx, accountId) };
  });
  hub.publish({
    topic: topics.account(accountId),
    seq,
    event: { type: 'changes', seq, conversations: [], operators: [], routing },
  });
  await presence.changed(accountId);
  return routing;
}

/** Throws `not_found` unless all of them are operators of the account. Answers each once. */
export async function existing(tx: Tx, accountId: string, operators: string[]): Promise<string[]> {
  const each = [...new Set(operators)];
  if ((await countOperators(tx, accountId, each)) < each.length) throw notFound('operator');
  return each;
}
