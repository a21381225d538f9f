import type { Conversation } from '#protocol/conversations.ts';
import type { State } from '#client/state.ts';
import type { Status } from '#protocol/operators.ts';

/** The operator for whom a chat may ring. */
export type Listener = {
  operatorId: string;
  status: Status;
  /** Below its limit of chats: else whatever rang would be refused to it. */
  hasRoom: boolean;
};

type Known = Pick<State, 'conversations' | 'operators' | 'routing'>;

/** An operator lists all of its own chats, so it knows as well as the server whether it may have one more (OP-14). */
export function hasRoom({ conversations, operators, routing }: Known, operatorId: string): boolean {
  const most = operators.get(operatorId)?.capacity ?? routing?.settings.capacity ?? Infinity;
  const mine = [...conversations.values()].filter(
    ({ state, channel, operator }) => state === 'open' && channel === 'chat' && operator?.id === operatorId,
  );
  return mine.length < most;
}

/** Whether this operator may take it now: it waits for him among others, or is handed on to him. */
export function isOffered({ state, desk }: Conversation, operatorId: string): boolean {
  if (desk?.transfer) return desk.transfer.audience.includes(operatorId);
  return state === 'waiting' && desk !== null && (desk.audience?.includes(operatorId) ?? true);
}

/**
 * Whether it calls for this operator (OC-14): sound, title and badge go by this alone. Who is not online, has no room or
 * has declined hears nothing; an offline message never rings.
 */
export function isRinging(conversation: Conversation, listener: Listener): boolean {
  const { channel, desk } = conversation;
  const { operatorId } = listener;
  if (listener.status !== 'online' || !listener.hasRoom || channel !== 'chat' || desk === null) return false;
  if (!isOffered(conversation, operatorId)) return false;
  if (desk.transfer) return true;
  return desk.ring === null ? !desk.declined.includes(operatorId) : desk.ring.includes(operatorId);
}
