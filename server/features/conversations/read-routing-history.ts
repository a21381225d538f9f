import type { RoutingHistory } from '#protocol/conversations.ts';
import type { OperatorActor } from '../../core/actor.ts';
import { notFound } from '../../core/errors.ts';
import type { Context } from '../../context.ts';
import { checkRead } from './policy.ts';
import { routingTurns } from './routing-turns.ts';
import { findConversation, findFirstDecision, listHandovers } from './store.ts';

/** Why a conversation went to whom (OP-13): the decision with which it began, and all that has moved it since. */
export async function readRoutingHistory(
  { db, conversations }: Context,
  actor: OperatorActor,
  conversationId: string,
): Promise<RoutingHistory> {
  const { accountId } = actor;
  const conversation = await conversations.read({ accountId, conversationId });
  if (!conversation) throw notFound('conversation');
  checkRead(actor, conversation);
  return db.inAccount(accountId, async (tx) => {
    const stored = await findConversation(tx, accountId, conversationId);
    if (!stored) throw notFound('conversation');
    const first = await findFirstDecision(tx, accountId, conversationId);
    return { turns: routingTurns(stored, first, await listHandovers(tx, accountId, conversationId)) };
  });
}
