import type { OperatorActor } from '../../core/actor.ts';
import { notFound, Refusal } from '../../core/errors.ts';
import type { Context } from '../../context.ts';
import { appendWith } from './append-with.ts';
import { checkCapacity } from './check-capacity.ts';
import type { Appended, Decide } from './lane.ts';
import { ended, isParty } from './policy.ts';
import { senderOf } from './sender.ts';

/** An administrator takes a conversation from whoever has it (OC-16). Throws `limit_reached`, `closed`, `not_found`. */
export function takeConversation(
  context: Context,
  actor: OperatorActor,
  conversationId: string,
  ref: string,
): Promise<Appended> {
  const key = { accountId: actor.accountId, conversationId };
  const said = { sender: senderOf(actor), ref, decide: decideTake(actor) };
  return appendWith(context, key, said, (tx, conversation) => checkCapacity(tx, actor, conversation));
}

export const decideTake =
  (actor: OperatorActor): Decide =>
  (conversation) => {
    if (conversation.channel === 'colleague') throw notFound('conversation');
    if (actor.role !== 'administrator')
      throw new Refusal('not_allowed', 'Only an administrator takes over a conversation.');
    if (conversation.state === 'closed') throw ended();
    if (isParty(actor, conversation)) return [];
    return [{ kind: 'joined', operator: { id: actor.operatorId, name: actor.name } }];
  };
