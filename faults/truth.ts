import type { Entry } from '#protocol/entries.ts';
import {
  storedConversation,
  type ConversationRow,
  type StoredConversation,
} from '../server/unscoped/stored-conversation.ts';
import type { StoredThread } from './checker.ts';
import type { Postgres } from './postgres.ts';

export type Truth = (StoredThread & Pick<StoredConversation, 'accountId'>)[];

type EntryRow = Omit<Entry, 'at' | 'sender' | 'ref'> & {
  conversation_id: string;
  at: Date;
  sender_kind: 'visitor' | 'operator' | 'system';
  sender_id: string | null;
  ref: string | null;
};

/** All that is stored, read past the server. */
export async function readTruth({ query }: Postgres): Promise<Truth> {
  const rows = await query<ConversationRow>('select * from conversations');
  const truth: Truth = rows.map(storedConversation).map((stored) => ({ ...stored, entries: [] }));
  const byId = new Map(truth.map((thread) => [thread.conversation.id, thread]));
  const entries = await query<EntryRow>(
    'select conversation_id, seq, at, sender_kind, sender_id, ref, what from entries order by conversation_id, seq',
  );
  for (const { conversation_id, seq, at, sender_kind, sender_id, ref, what } of entries) {
    const sender = { kind: sender_kind, ...(sender_id !== null && { id: sender_id }) } as Entry['sender'];
    const entry = { seq, at: at.toISOString(), sender, ...(ref !== null && { ref }), what };
    const thread = byId.get(conversation_id);
    if (!thread) throw new Error(`the entries of ${conversation_id} have no conversation`);
    thread.entries.push(entry);
  }
  return truth;
}

/** Last position of every stream, by conversation and by account. */
export async function readHeads({ query }: Postgres): Promise<Map<string, number>> {
  const rows = await query<{ id: string; head: number }>(
    `select conversation_id as id, last_seq as head from conversations
      union all select account_id, seq::int from account_streams`,
  );
  return new Map(rows.map(({ id, head }) => [id, head]));
}
