/**
 * Every statement that runs without row-level security: the hot ones that carry the account in each row and key, and
 * those that turn a credential into an account. A reviewer of tenancy reads this file; server/unscoped.test.ts holds
 * its cross-tenant test.
 */
import type { Conversation } from '#protocol/conversations.ts';
import type { Entry } from '#protocol/entries.ts';
import type { Database } from './core/database/database.ts';

type Unscoped = Pick<Database, 'unscoped'>;

/** A conversation as stored: the wire's view and what only the server needs. */
export type StoredConversation = {
  accountId: string;
  chatboxId: string;
  conversation: Conversation;
  /** Positions of the visitor's messages after the operators' read mark, the newest 100. */
  unreadSeqs: number[];
};

export type ConversationKey = { accountId: string; conversationId: string };

/** One entry to be appended; seq is already decided and holds only while `expectedSeq` does. */
export type NewEntry = ConversationKey & Omit<Entry, 'ref'> & { ref: string | null };

const columns = `account_id, conversation_id, visitor_id, chatbox_id, channel, state, visitor_name, visitor_email, operator_id,
  operator_name, language, page, created_at, waiting_since, closed_at, last_seq, preview, unread_seqs, visitor_delivered,
  visitor_read, operator_delivered, operator_read`;

export type ConversationRow = {
  account_id: string;
  conversation_id: string;
  visitor_id: string;
  chatbox_id: string;
  channel: 'chat' | 'offline';
  state: 'waiting' | 'open' | 'closed';
  visitor_name: string | null;
  visitor_email: string | null;
  operator_id: string | null;
  operator_name: string | null;
  language: string;
  page: Conversation['page'];
  created_at: Date;
  waiting_since: Date | null;
  closed_at: Date | null;
  last_seq: number;
  preview: Conversation['preview'];
  unread_seqs: number[];
  visitor_delivered: number;
  visitor_read: number;
  operator_delivered: number;
  operator_read: number;
};

/** Row -> wire. */
export function storedConversation(row: ConversationRow): StoredConversation {
  return {
    accountId: row.account_id,
    chatboxId: row.chatbox_id,
    unreadSeqs: row.unread_seqs,
    conversation: {
      id: row.conversation_id,
      channel: row.channel,
      state: row.state,
      visitor: { id: row.visitor_id, name: row.visitor_name, email: row.visitor_email },
      operator: row.operator_id === null ? null : { id: row.operator_id, name: row.operator_name ?? '' },
      language: row.language,
      page: row.page,
      createdAt: row.created_at.toISOString(),
      waitingSince: row.waiting_since?.toISOString() ?? null,
      closedAt: row.closed_at?.toISOString() ?? null,
      lastSeq: row.last_seq,
      preview: row.preview,
      unread: row.unread_seqs.length,
      delivered: { visitor: row.visitor_delivered, operator: row.operator_delivered },
      read: { visitor: row.visitor_read, operator: row.operator_read },
    },
  };
}

/** Wire -> row, without changed_seq. */
export function conversationRow({ accountId, chatboxId, conversation, unreadSeqs }: StoredConversation) {
  return {
    account_id: accountId,
    conversation_id: conversation.id,
    visitor_id: conversation.visitor.id,
    chatbox_id: chatboxId,
    channel: conversation.channel,
    state: conversation.state,
    visitor_name: conversation.visitor.name,
    visitor_email: conversation.visitor.email,
    operator_id: conversation.operator?.id ?? null,
    operator_name: conversation.operator?.name ?? null,
    language: conversation.language,
    page: conversation.page,
    created_at: conversation.createdAt,
    waiting_since: conversation.waitingSince,
    closed_at: conversation.closedAt,
    last_seq: conversation.lastSeq,
    preview: conversation.preview,
    unread_seqs: unreadSeqs,
    visitor_delivered: conversation.delivered.visitor,
    visitor_read: conversation.read.visitor,
    operator_delivered: conversation.delivered.operator,
    operator_read: conversation.read.operator,
  };
}

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

/**
 * Appends entries and their projections, one statement for the whole batch. A conversation is written only if its last
 * position is still the expected one and none of its refs is stored; otherwise it is left alone and not returned as
 * written. The account's change counter moves by one, under its row lock, in the same statement.
 *
 * The laterals look each row up by its index whatever the planner believes of the tables' sizes: with the statistics of
 * a young database it would read all entries for every batch. `states` are sorted, so that two processes lock in one order.
 */
const APPEND = `
with input as (
  select * from json_to_recordset($1::json) as i("accountId" uuid, "conversationId" uuid, seq int, at timestamptz,
    "senderKind" text, "senderId" uuid, ref uuid, what jsonb)
), state as (
  select * from json_to_recordset($2::json) as s(account_id uuid, conversation_id uuid, expected_seq int, state text,
    visitor_name text, visitor_email text, operator_id uuid, operator_name text, page jsonb, waiting_since timestamptz,
    closed_at timestamptz, last_seq int, preview jsonb, unread_seqs jsonb, visitor_delivered int, visitor_read int,
    operator_delivered int, operator_read int)
), repeated as materialized (
  select i."accountId" as account_id, i."conversationId" as conversation_id, i.ref, i."senderId" as sender_id, e.seq
  from input i cross join lateral (
    select e.seq from entries e where e.account_id = i."accountId" and e.sender_id = i."senderId" and e.ref = i.ref
      and e.conversation_id = i."conversationId" limit 1
  ) e where i.ref is not null
), locked as materialized (
  select s.* from state s cross join lateral (
    select from conversations c where c.account_id = s.account_id and c.conversation_id = s.conversation_id
      and c.last_seq = s.expected_seq for update
  ) c where not exists (select from repeated r
    where r.account_id = s.account_id and r.conversation_id = s.conversation_id)
), counter as materialized (
  select a.account_id from account_streams a where a.account_id in (select account_id from locked)
  order by a.account_id for update
), counted as (
  update account_streams a set seq = a.seq + 1 from counter where a.account_id = counter.account_id
  returning a.account_id, a.seq
), appended as (
  insert into entries (account_id, conversation_id, seq, at, sender_kind, sender_id, ref, what)
  select i."accountId", i."conversationId", i.seq, i.at, i."senderKind", i."senderId", i.ref, i.what
  from input i join locked l on l.account_id = i."accountId" and l.conversation_id = i."conversationId"
), projected as (
  update conversations c set state = s.state, visitor_name = s.visitor_name, visitor_email = s.visitor_email,
    operator_id = s.operator_id, operator_name = s.operator_name, page = nullif(s.page, 'null'),
    waiting_since = s.waiting_since, closed_at = s.closed_at, last_seq = s.last_seq, preview = nullif(s.preview, 'null'),
    unread_seqs = array(select value::int from jsonb_array_elements_text(s.unread_seqs) as value),
    visitor_delivered = s.visitor_delivered, visitor_read = s.visitor_read, operator_delivered = s.operator_delivered,
    operator_read = s.operator_read, changed_seq = n.seq
  from locked s join counted n using (account_id)
  where c.account_id = s.account_id and c.conversation_id = s.conversation_id
  returning c.account_id, c.conversation_id, n.seq
)
select 'written' as outcome, account_id, conversation_id, null::uuid as sender_id, null::uuid as ref, seq from projected
union all select 'repeated', account_id, conversation_id, sender_id, ref, seq from repeated`;

export type Outcome = {
  outcome: 'written' | 'repeated';
  account_id: string;
  conversation_id: string;
  sender_id: string | null;
  ref: string | null;
  /** written: the account's change position. repeated: the position of the stored entry. */
  seq: number;
};

export async function appendEntries(
  { unscoped }: Unscoped,
  entries: NewEntry[],
  states: { expectedSeq: number; stored: StoredConversation }[],
): Promise<Outcome[]> {
  const input = entries.map(({ sender, ...entry }) => ({
    ...entry,
    senderKind: sender.kind,
    senderId: sender.kind === 'system' ? null : sender.id,
  }));
  const sorted = states.toSorted((a, b) => (lockKey(a.stored) < lockKey(b.stored) ? -1 : 1));
  const state = sorted.map(({ expectedSeq, stored }) => ({
    ...conversationRow(stored),
    expected_seq: expectedSeq,
  }));
  const values = [JSON.stringify(input), JSON.stringify(state)];
  const { rows } = await unscoped.query<Outcome>({ name: 'append-entries', text: APPEND, values });
  return rows;
}

const lockKey = ({ accountId, conversation }: StoredConversation): string =>
  `${accountId} ${conversation.id}`;

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

type EntryRow = {
  seq: number;
  at: Date;
  sender_kind: string;
  sender_id: string | null;
  ref: string | null;
  what: Entry['what'];
};

function entryOf(row: EntryRow): Entry {
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

const changes = (condition: string) => `select a.seq as head, c.* from account_streams a left join lateral (
    select ${columns}, changed_seq from conversations where account_id = $1 and ${condition} order by changed_seq
  ) c on true where a.account_id = $1`;
const CHANGES_SINCE = changes('changed_seq > $2');
const ALL_CURRENT = changes("state <> 'closed'");

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

/** Names this history of the data. */
export async function readEpoch({ unscoped }: Unscoped): Promise<string | undefined> {
  const { rows } = await unscoped.query<{ epoch: string }>('select epoch from installation');
  return rows[0]?.epoch;
}

// ---- from a credential or a public name to its account -----------------------------------------------------

export async function accountIdOfChatbox(
  { unscoped }: Unscoped,
  key: string,
): Promise<{ accountId: string; chatboxId: string } | undefined> {
  const text = 'select account_id, chatbox_id from chatboxes where key = $1';
  const { rows } = await unscoped.query<{ account_id: string; chatbox_id: string }>({
    name: 'chatbox-by-key',
    text,
    values: [key],
  });
  return rows[0] && { accountId: rows[0].account_id, chatboxId: rows[0].chatbox_id };
}

/** E-mail address with which the person behind an account name and handle signs in (OC-01). */
export async function emailOfOperator(
  { unscoped }: Unscoped,
  accountName: string,
  handle: string,
): Promise<string | undefined> {
  const text = `select p.email from accounts a join operators o using (account_id) join persons p on p.id = o.person_id
    where a.name = $1 and o.handle = $2`;
  const { rows } = await unscoped.query<{ email: string }>({
    name: 'email-of-operator',
    text,
    values: [accountName, handle],
  });
  return rows[0]?.email;
}
