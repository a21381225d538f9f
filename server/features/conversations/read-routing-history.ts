import type { RoutingHistory } from '#protocol/conversations.ts';
import type { OperatorActor } from '../../core/actor.ts';
import { notFound } from '../../core/errors.ts';
import type { Context } from '../../context.ts';
import { checkRead } from './policy.ts';
import { findDecisions } from './store.ts';

/** Why a conversation went to whom (OP-13): the decision with which it began, and those since, oldest first. */
export async function readRoutingHistory(
  { db, conversations }: Context,
  actor: OperatorActor,
  conversationId: string,
): Promise<RoutingHistory> {
  const { accountId } = actor;
  const conversation = await conversations.read({ accountId, conversationId });
  if (!conversation) throw notFound('conversation');
  checkRead(actor, conversation);
  return db.inAccount(accountId, async (tx) => ({
    decisions: await findDecisions(tx, accountId, conversationId),
  }));
}
