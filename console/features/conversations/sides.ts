import { sideOf, type Side } from '#client/reduce.ts';
import type { Conversation } from '#protocol/conversations.ts';
import type { Entry } from '#protocol/entries.ts';

type Sides = Pick<Conversation, 'channel' | 'visitor'>;

/** On which side of a conversation this operator stands: who began it with a colleague stands on the visitor's. */
export const mySide = ({ channel, visitor }: Sides, operatorId: string): Side =>
  channel === 'colleague' && visitor.id === operatorId ? 'visitor' : 'operator';

export const otherSide = (conversation: Sides, operatorId: string): Side =>
  mySide(conversation, operatorId) === 'operator' ? 'visitor' : 'operator';

export const unreadOf = (conversation: Conversation, operatorId: string): number =>
  mySide(conversation, operatorId) === 'operator' ? conversation.unread : conversation.unreadByVisitor;

/** Position of the other side's newest message: what a receipt may name. 0 when there is none. */
export function lastFromOther(entries: readonly Entry[], conversation: Sides, operatorId: string): number {
  const other = otherSide(conversation, operatorId);
  const last = entries.findLast(
    (entry) => entry.what.kind === 'message' && sideOf(entry, conversation) === other,
  );
  return last?.seq ?? 0;
}

/** Who is on the other side, by name; null for a visitor who has not told it. */
export const nameOfOther = (
  { channel, visitor, operator }: Conversation,
  operatorId: string,
): string | null =>
  channel === 'colleague' && visitor.id === operatorId ? (operator?.name ?? null) : visitor.name;
