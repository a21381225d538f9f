import type { Entry } from '#protocol/entries.ts';
import {
  columns,
  storedConversation,
  type ConversationKey,
  type ConversationRow,
  type StoredConversation,
} from './stored-conversation.ts';
import type { Unscoped } from './unscoped.ts';

const LOAD = `select ${columns} from conversations
  where (account_id, conversation_id) in (select * from unnest($1::uuid[], $2::uuid[]))`;

export async function loadConversations(
  { unscoped }: Unscoped,
  keys: ConversationKey[],
): Promise<StoredConversation[]> {
  const values = [keys.map((key) => key.accountId), keys.map((key) => key.conversationId)];
  const { rows } = await unscoped.query<ConversationRow>({ name: 'load-conversations', text: LOAD, values });
  return rows.map(storedConversation);
}

/** Position of the entry that a sender stored under `ref`, or undefined. */
export async function findRef(
  { unscoped }: Unscoped,
  accountId: string,
  senderId: string,
  ref: string,
): Promise<{ conversationId: string; seq: number } | undefined> {
  const text =
    'select conversation_id, seq from entries where account_id = $1 and sender_id = $2 and ref = $3';
  const values = [accountId, senderId, ref];
  const { rows } = await unscoped.query<{ conversation_id: string; seq: number }>({
    name: 'find-ref',
    text,
    values,
  });
  return rows[0] && { conversationId: rows[0].conversation_id, seq: rows[0].seq };
}

export type EntryRow = {
  seq: number;
  at: Date;
  sender_kind: string;
  sender_id: string | null;
  ref: string | null;
  what: Entry['what'];
};

export function entryOf(row: EntryRow): Entry {
  const sender = row.sender_id === null ? { kind: 'system' } : { kind: row.sender_kind, id: row.sender_id };
  return {
    seq: row.seq,
    at: row.at.toISOString(),
    sender: sender as Entry['sender'],
    ...(row.ref !== null && { ref: row.ref }),
    what: row.what,
  };
}

/** The up to `limit` entries after `after`, in order. */
export async function readEntries(
  { unscoped }: Unscoped,
  key: ConversationKey,
  after: number,
  limit: number,
): Promise<Entry[]> {
  const text = `select seq, at, sender_kind, sender_id, ref, what from entries
    where account_id = $1 and conversation_id = $2 and seq > $3 order by seq limit $4`;
  const values = [key.accountId, key.conversationId, after, limit];
  const { rows } = await unscoped.query<EntryRow>({ name: 'read-entries', text, values });
  return rows.map(entryOf);
}

/** The up to `limit` entries before `before`, in order. */
export async function readEntriesBefore(
  { unscoped }: Unscoped,
  key: ConversationKey,
  before: number,
  limit: number,
): Promise<Entry[]> {
  const text = `select seq, at, sender_kind, sender_id, ref, what from entries
    where account_id = $1 and conversation_id = $2 and seq < $3 order by seq desc limit $4`;
  const values = [key.accountId, key.conversationId, before, limit];
  const { rows } = await unscoped.query<EntryRow>({ name: 'read-entries-before', text, values });
  return rows.map(entryOf).toReversed();
}

const changes = (conversations: string) => `select a.seq as head, c.* from account_streams a
  left join lateral (${conversations} order by changed_seq) c on true where a.account_id = $1`;
const CURRENT = `select ${columns}, changed_seq from conversations where account_id = $1 and state <> 'closed'`;
const ALL_CURRENT = changes(CURRENT);
const CHANGES_SINCE = changes(`${CURRENT} and changed_seq > $2
  union all select ${columns}, changed_seq from conversations where account_id = $1 and closed_seq > $2`);

/** Position of the account's change stream and the conversations changed after `from`; `from` 0: all that are not closed. */
export async function readChanges(
  { unscoped }: Unscoped,
  accountId: string,
  from: number,
): Promise<{ to: number; changed: StoredConversation[] }> {
  const query =
    from === 0
      ? { name: 'read-current', text: ALL_CURRENT, values: [accountId] }
      : { name: 'read-changes', text: CHANGES_SINCE, values: [accountId, from] };
  const { rows } = await unscoped.query<ConversationRow & { head: number }>(query);
  const changed = rows.filter((row) => row.conversation_id !== null).map(storedConversation);
  return { to: rows[0]?.head ?? 0, changed };
}

/** The visitor's open conversation. */
export async function readOpenConversation(
  { unscoped }: Unscoped,
  accountId: string,
  visitorId: string,
): Promise<StoredConversation | undefined> {
  const text = `select ${columns} from conversations
    where account_id = $1 and visitor_id = $2 and state <> 'closed' and channel = 'chat'`;
  const { rows } = await unscoped.query<ConversationRow>({
    name: 'read-open',
    text,
    values: [accountId, visitorId],
  });
  return rows[0] && storedConversation(rows[0]);
}

/** How far streams reach: the conversations asked for that are there, and the accounts'. */
export async function readHeads(
  { unscoped }: Unscoped,
  keys: ConversationKey[],
  accountIds: string[],
): Promise<{ accountId: string; conversationId: string | null; seq: number }[]> {
  const text = `select c.account_id as "accountId", c.conversation_id as "conversationId", c.last_seq::bigint as seq
    from unnest($1::uuid[], $2::uuid[]) as k(account_id, conversation_id) cross join lateral (
      select c.* from conversations c where c.account_id = k.account_id and c.conversation_id = k.conversation_id limit 1
    ) c
    union all select account_id, null, seq from account_streams where account_id = any($3::uuid[])`;
  const values = [keys.map((key) => key.accountId), keys.map((key) => key.conversationId), accountIds];
  const { rows } = await unscoped.query<{ accountId: string; conversationId: string | null; seq: number }>({
    name: 'read-heads',
    text,
    values,
  });
  return rows;
}
