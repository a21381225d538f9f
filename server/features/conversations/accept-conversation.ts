import type { OperatorActor } from '../../core/actor.ts';
import { notFound } from '../../core/errors.ts';
import type { Context } from '../../context.ts';
import { appendWith } from './append-with.ts';
import { checkCapacity } from './check-capacity.ts';
import type { Appended, Decide } from './lane.ts';
import { checkRead, ended, isOffered, isParty, takenBy } from './policy.ts';
import { senderOf } from './sender.ts';

/**
 * Takes a waiting conversation, or one that is offered to this operator (OC-12). Decided while the conversation is held,
 * so two operators never both succeed: the second is refused with `taken` and the name of the first (OC-14). Throws
 * `limit_reached` where the operator has as many as it may have.
 */
export function acceptConversation(
  context: Context,
  actor: OperatorActor,
  conversationId: string,
  ref: string | null,
): Promise<Appended> {
  const key = { accountId: actor.accountId, conversationId };
  const said = { sender: senderOf(actor), ref, decide: decideAccept(actor) };
  return appendWith(context, key, said, (tx, conversation) => checkCapacity(tx, actor, conversation));
}

export const decideAccept =
  (actor: OperatorActor): Decide =>
  (conversation) => {
    if (conversation.state === 'open' && isParty(actor, conversation)) return [];
    if (conversation.channel === 'colleague') throw notFound('conversation');
    if (conversation.state === 'open' && !isOffered(actor, conversation)) throw takenBy(conversation);
    checkRead(actor, conversation);
    if (conversation.state === 'closed') throw ended();
    return [{ kind: 'joined', operator: { id: actor.operatorId, name: actor.name } }];
  };
