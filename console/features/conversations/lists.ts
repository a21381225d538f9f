import type { Conversation } from '#protocol/conversations.ts';

export type ListName = 'waiting' | 'mine' | 'all';

const lastSign = (conversation: Conversation) => conversation.preview?.at ?? conversation.createdAt;

/** Waiting: who waits longest is first, offline messages after the chats. The others: newest sign of life first. */
export function listed(
  conversations: ReadonlyMap<string, Conversation>,
  list: ListName,
  operatorId: string,
): Conversation[] {
  const all = [...conversations.values()].filter((one) => one.state !== 'closed');
  if (list === 'waiting') {
    // Somebody who is there goes before somebody who left a message.
    const rank = (one: Conversation) =>
      (one.channel === 'chat' ? '0' : '1') + (one.waitingSince ?? one.createdAt);
    return all.filter((one) => one.state === 'waiting').sort((a, b) => rank(a).localeCompare(rank(b)));
  }
  const mine = list === 'mine' ? all.filter((one) => one.operator?.id === operatorId) : all;
  return mine.sort((a, b) => lastSign(b).localeCompare(lastSign(a)));
}

/** How loudly a wait is shown: from 30 s a warning, from two minutes an alarm. */
export function waitLevel(waitingSince: string | null, now: number): 'calm' | 'warn' | 'error' {
  const waited = waitingSince === null ? 0 : now - Date.parse(waitingSince);
  if (waited >= 120_000) return 'error';
  return waited >= 30_000 ? 'warn' : 'calm';
}

/**
 * The order to show while the pointer is over the list: rows stay where they are, new ones wait in a pill.
 * `held` is the order that was shown when the pointer came; null shows `ids` as they are.
 */
export function holdOrder(
  ids: readonly string[],
  held: readonly string[] | null,
): { shown: string[]; fresh: number } {
  const now = new Set(ids);
  const shown = held?.filter((id) => now.has(id)) ?? [];
  // Where no row is, none can move.
  if (shown.length === 0) return { shown: [...ids], fresh: 0 };
  const before = new Set(held);
  return { shown, fresh: ids.filter((id) => !before.has(id)).length };
}
