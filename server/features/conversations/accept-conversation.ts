import type { OperatorActor } from '../../core/actor.ts';
import type { Context } from '../../context.ts';
import type { Appended, Decide } from './lane.ts';
import { checkRead, ended, isParty, takenBy } from './policy.ts';
import { senderOf } from './sender.ts';

/**
 * Takes a waiting conversation. Decided on the state that the write itself compares, so two operators never both
 * succeed: the second is refused with `taken` and the name of the first (OC-14).
 */
export function acceptConversation(
  context: Context,
  actor: OperatorActor,
  conversationId: string,
  ref: string,
): Promise<Appended> {
  const key = { accountId: actor.accountId, conversationId };
  return context.conversations.append(key, senderOf(actor), ref, decideAccept(actor));
}

export const decideAccept =
  (actor: OperatorActor): Decide =>
  (conversation) => {
    if (conversation.state === 'open' && isParty(actor, conversation)) return [];
    if (conversation.state === 'open') throw takenBy(conversation);
    checkRead(actor, conversation);
    if (conversation.state === 'closed') throw ended();
    return [{ kind: 'joined', operator: { id: actor.operatorId, name: actor.name } }];
  };
