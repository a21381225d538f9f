import type { Actor } from '../../core/actor.ts';
import { takenBy, checkRead, isParty } from './policy.ts';
import type { Context } from '../../context.ts';
import type { Appended, Decide } from './lane.ts';
import { senderOf } from './sender.ts';

/** Ends a conversation: the visitor its own, an operator its own or a waiting one, an administrator any. Once. */
export function closeConversation(
  context: Context,
  actor: Actor,
  conversationId: string,
  ref: string,
): Promise<Appended> {
  const key = { accountId: actor.accountId, conversationId };
  return context.conversations.append(key, senderOf(actor), ref, decideClose(actor));
}

export const decideClose =
  (actor: Actor): Decide =>
  (conversation) => {
    checkRead(actor, conversation);
    if (conversation.state === 'closed') return [];
    const administrator = actor.kind === 'operator' && actor.role === 'administrator';
    if (conversation.state === 'open' && !administrator && !isParty(actor, conversation))
      throw takenBy(conversation);
    return [{ kind: 'closed' }];
  };
