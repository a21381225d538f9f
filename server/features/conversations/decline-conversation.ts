import type { OperatorActor } from '../../core/actor.ts';
import type { Context } from '../../context.ts';
import type { Appended, Decide } from './lane.ts';
import { checkRead, isOffered } from './policy.ts';
import { senderOf } from './sender.ts';

/** "Not me" (OC-12, `/d`): of a transfer that is offered to this operator, or of a waiting conversation. Once. */
export function declineConversation(
  context: Context,
  actor: OperatorActor,
  conversationId: string,
  ref: string,
): Promise<Appended> {
  const key = { accountId: actor.accountId, conversationId };
  return context.conversations.append(key, senderOf(actor), ref, decideDecline(actor));
}

export const decideDecline =
  (actor: OperatorActor): Decide =>
  (conversation) => {
    checkRead(actor, conversation);
    const { desk } = conversation;
    if (!desk || !isOffered(actor, conversation) || desk.declined.includes(actor.operatorId)) return [];
    return [{ kind: 'declined', by: { id: actor.operatorId, name: actor.name } }];
  };
