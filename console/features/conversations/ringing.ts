import type { Conversation } from '#protocol/conversations.ts';
import type { Status } from '#protocol/operators.ts';

/** Whether this operator may take it now: it waits for him among others, or is handed on to him. */
export function isOffered({ state, desk }: Conversation, operatorId: string): boolean {
  if (desk?.transfer) return desk.transfer.audience.includes(operatorId);
  return state === 'waiting' && desk !== null && (desk.audience?.includes(operatorId) ?? true);
}

/**
 * Whether it calls for this operator (OC-14): sound, title and badge go by this alone. Who is not online, has declined
 * or let it ring hears nothing; an offline message never rings.
 */
export function isRinging(conversation: Conversation, operatorId: string, status: Status): boolean {
  const { channel, desk } = conversation;
  if (status !== 'online' || channel !== 'chat' || desk === null) return false;
  if (!isOffered(conversation, operatorId)) return false;
  if (desk.transfer) return true;
  return desk.ring === null ? !desk.passed.includes(operatorId) : desk.ring.includes(operatorId);
}
