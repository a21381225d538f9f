import type { Conversation } from '#protocol/conversations.ts';
import type { Operator, Status } from '#protocol/operators.ts';
import { otherSide } from './sides.ts';

/** A colleague, and what the two of us have said to each other; `handle` is null for one who is gone. */
export type Contact = {
  id: string;
  name: string;
  handle: string | null;
  status: Status;
  conversation: Conversation | undefined;
};

type Known = {
  operators: ReadonlyMap<string, Operator>;
  presence: ReadonlyMap<string, Status>;
  conversations: ReadonlyMap<string, Conversation>;
};

const RANK: Record<Status, number> = { online: 0, away: 1, offline: 2 };

/** OC-13: who is there first, then by name. Somebody who is gone is listed for what was said. */
export function contactsOf({ operators, presence, conversations }: Known, operatorId: string): Contact[] {
  const contacts = new Map<string, Contact>();
  for (const { id, name, handle } of operators.values()) {
    const status = presence.get(id) ?? 'offline';
    if (id !== operatorId) contacts.set(id, { id, name, handle, status, conversation: undefined });
  }
  for (const conversation of conversations.values()) {
    const { channel, visitor, operator } = conversation;
    if (channel !== 'colleague') continue;
    const other = otherSide(conversation, operatorId) === 'visitor' ? visitor : operator;
    if (other === null) continue;
    const gone = { id: other.id, name: other.name ?? '', handle: null, status: 'offline' as const };
    contacts.set(other.id, { ...(contacts.get(other.id) ?? gone), conversation });
  }
  return [...contacts.values()].sort(
    (a, b) => RANK[a.status] - RANK[b.status] || a.name.localeCompare(b.name) || a.id.localeCompare(b.id),
  );
}
