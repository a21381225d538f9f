import type { Conversation } from '#protocol/conversations.ts';
import { isOffered, isRinging, type Listener } from './ringing.ts';

export type ListName = 'waiting' | 'mine' | 'all';

const lastSign = (conversation: Conversation) => conversation.preview?.at ?? conversation.createdAt;

/**
 * Waiting: what is handed on to me first, then who waits longest, offline messages after the chats. The others: newest
 * sign of life first. What colleagues say to each other is in none of them (contacts-page.tsx).
 */
export function listed(
  conversations: ReadonlyMap<string, Conversation>,
  list: ListName,
  operatorId: string,
): Conversation[] {
  const all = [...conversations.values()].filter(
    ({ state, channel }) => state !== 'closed' && channel !== 'colleague',
  );
  if (list === 'waiting') {
    const offered = (one: Conversation) => one.desk?.transfer != null && isOffered(one, operatorId);
    // Somebody who is there goes before somebody who left a message.
    const rank = (one: Conversation) =>
      (offered(one) ? '0' : one.channel === 'chat' ? '1' : '2') + (one.waitingSince ?? one.createdAt);
    return all
      .filter((one) => one.state === 'waiting' || offered(one))
      .sort((a, b) => rank(a).localeCompare(rank(b)));
  }
  const mine = list === 'mine' ? all.filter((one) => one.operator?.id === operatorId) : all;
  return mine.sort((a, b) => lastSign(b).localeCompare(lastSign(a)));
}

/** What this operator is to look at now: chats that ring for it, and offline messages. */
export function calling(
  conversations: ReadonlyMap<string, Conversation>,
  listener: Listener,
): Conversation[] {
  return listed(conversations, 'waiting', listener.operatorId).filter(
    (one) => one.channel === 'offline' || isRinging(one, listener),
  );
}

/** How loudly a wait is shown: from 30 s a warning, from two minutes an alarm. */
export function waitLevel(waitingSince: string | null, now: number): 'calm' | 'warn' | 'error' {
  const waited = waitingSince === null ? 0 : now - Date.parse(waitingSince);
  if (waited >= 120_000) return 'error';
  return waited >= 30_000 ? 'warn' : 'calm';
}
