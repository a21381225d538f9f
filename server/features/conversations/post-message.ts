import type { Happening } from '#protocol/entries.ts';
import type { Actor } from '../../core/actor.ts';
import { Refusal } from '../../core/errors.ts';
import type { Context } from '../../context.ts';
import type { Appended, Decide } from './lane.ts';
import { checkRead, ended, isParty, takenBy } from './policy.ts';
import { senderOf } from './sender.ts';

type Post = { conversationId: string; ref: string; text: string };

/**
 * Adds a message. An operator's first answer to a waiting conversation also takes it (OC-14). Throws `closed`,
 * `taken` (another operator owns it), `not_found`.
 */
export function postMessage(
  context: Context,
  actor: Actor,
  { conversationId, ref, text }: Post,
): Promise<Appended> {
  const key = { accountId: actor.accountId, conversationId };
  return context.conversations.append(key, senderOf(actor), ref, decidePost(actor, text));
}

export const decidePost =
  (actor: Actor, text: string): Decide =>
  (conversation) => {
    checkRead(actor, conversation);
    if (conversation.state === 'closed') throw ended();
    if (conversation.channel === 'offline') {
      throw new Refusal(
        'not_allowed',
        'This is an offline message; the visitor is no longer here. Answer it by e-mail.',
      );
    }
    const message: Happening = { kind: 'message', text };
    if (isParty(actor, conversation)) return [message];
    if (actor.kind === 'operator' && conversation.state === 'waiting') {
      return [{ kind: 'joined', operator: { id: actor.operatorId, name: actor.name } }, message];
    }
    throw takenBy(conversation);
  };
