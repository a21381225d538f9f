import type { Happening } from '#protocol/entries.ts';
import type { Actor } from '../../core/actor.ts';
import type { Context } from '../../context.ts';
import { appendWith } from './append-with.ts';
import type { Appended, Decide } from './lane.ts';
import { mailMissed } from './mail-offline.ts';
import { takenBy, checkRead, isParty } from './policy.ts';
import { senderOf } from './sender.ts';

/**
 * Ends a conversation: the visitor its own, an operator its own or a waiting one, an administrator any. Once. Where the
 * visitor goes before anybody has answered, what it said stays with the operators as a missed chat (VI-13).
 */
export async function closeConversation(
  context: Context,
  actor: Actor,
  conversationId: string,
  ref: string,
): Promise<Appended> {
  const { accountId } = actor;
  const key = { accountId, conversationId };
  const [sender, decide] = [senderOf(actor), decideClose(actor)];
  let missed = false;
  // Behind what the visitor has said before, so that none of it comes too late.
  const appended = await context.conversations.append(key, sender, ref, (conversation) => {
    const happenings = decide(conversation);
    missed = isMissed(happenings);
    return missed ? [] : happenings;
  });
  if (!missed) return appended;
  return appendWith(context, key, { sender, ref, decide }, async (tx, _, happenings) => {
    if (isMissed(happenings)) await mailMissed(context, tx, accountId, conversationId);
  });
}

const isMissed = (happenings: Happening[]): boolean => happenings.some(({ kind }) => kind === 'missed');

export const decideClose =
  (actor: Actor): Decide =>
  (conversation) => {
    checkRead(actor, conversation);
    const { state, channel, preview } = conversation;
    if (state === 'closed') return [];
    if (actor.kind === 'visitor') {
      // What operators still have to answer is not the visitor's to end.
      if (channel === 'offline') return [];
      if (state === 'waiting' && preview?.from === 'visitor') return [{ kind: 'missed' }];
    }
    const administrator = actor.kind === 'operator' && actor.role === 'administrator';
    if (state === 'open' && !administrator && !isParty(actor, conversation)) throw takenBy(conversation);
    return [{ kind: 'closed' }];
  };
