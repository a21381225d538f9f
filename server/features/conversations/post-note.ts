import type { OperatorActor } from '../../core/actor.ts';
import { notFound } from '../../core/errors.ts';
import type { Context } from '../../context.ts';
import type { Appended, Decide } from './lane.ts';
import { checkRead } from './policy.ts';
import { senderOf } from './sender.ts';

/** Adds what operators alone can see: a note, or a supervisor's whisper (OC-16). Also after the conversation's end. */
export function postNote(
  context: Context,
  actor: OperatorActor,
  { conversationId, ref, text }: { conversationId: string; ref: string; text: string },
): Promise<Appended> {
  const key = { accountId: actor.accountId, conversationId };
  return context.conversations.append(key, senderOf(actor), ref, decideNote(actor, text));
}

export const decideNote =
  (actor: OperatorActor, text: string): Decide =>
  (conversation) => {
    checkRead(actor, conversation);
    if (conversation.channel === 'colleague') throw notFound('conversation');
    return [{ kind: 'note', text }];
  };
