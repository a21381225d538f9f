import type { Happening } from '#protocol/entries.ts';
import type { Actor } from '../../core/actor.ts';
import { Refusal } from '../../core/errors.ts';
import type { Context } from '../../context.ts';
import { appendWith } from './append-with.ts';
import { checkCapacity } from './check-capacity.ts';
import type { Appended, Decide } from './lane.ts';
import { checkRead, ended, isParty, takenBy } from './policy.ts';
import { senderOf } from './sender.ts';

type Post = { conversationId: string; ref: string; text: string };

/**
 * Adds a message. An operator's first answer to a waiting conversation also takes it (OC-14). Throws `closed`,
 * `taken` (another operator owns it), `limit_reached`, `not_found`.
 */
export async function postMessage(
  context: Context,
  actor: Actor,
  { conversationId, ref, text }: Post,
): Promise<Appended> {
  const key = { accountId: actor.accountId, conversationId };
  const decide = decidePost(actor, text);
  const sender = senderOf(actor);
  const append = () =>
    context.conversations.append(key, sender, ref, (conversation) => {
      const happenings = decide(conversation);
      // It has come back to the queue this moment, and an owner is made by `appendWith` alone.
      if (happenings.length > 1) throw new Refusal('unavailable', 'It is tried again.', { after: 0 });
      return happenings;
    });
  if (actor.kind === 'visitor') return append();
  // What it says next must not overtake what takes the conversation.
  const { appended } = await context.conversations.turns.take(
    `${conversationId}:${actor.operatorId}`,
    async () => {
      if ((await context.conversations.read(key))?.state !== 'waiting') return { appended: append() };
      const taking = appendWith(context, key, { sender, ref, decide }, async (tx, now, happenings) => {
        // Who has taken it meanwhile takes nothing now.
        if (happenings.length > 1) await checkCapacity(tx, actor, now);
      });
      await taking.catch(() => undefined);
      return { appended: taking };
    },
  );
  return appended;
}

export const decidePost =
  (actor: Actor, text: string): Decide =>
  (conversation) => {
    checkRead(actor, conversation);
    if (conversation.state === 'closed') throw ended();
    if (conversation.channel === 'offline') {
      if (actor.kind === 'visitor') throw ended();
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
