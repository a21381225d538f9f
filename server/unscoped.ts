/**
 * Every statement that runs without row-level security: the hot ones that carry the account in each row and key, and
 * those that turn a credential into an account. A reviewer of tenancy reads this file; server/unscoped.test.ts holds
 * its cross-tenant test.
 */
import type { Conversation } from '#protocol/conversations.ts';
import type { Entry } from '#protocol/entries.ts';
import type { Status } from '#protocol/operators.ts';
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

/** One conversation's part of a batch: the entries that follow `expectedSeq`, and what they make of it. */
export type Append = { expectedSeq: number; stored: StoredConversation; entries: Entry[] };

/** A stored entry that has the ref of one that was to be appended; `index` names the append. */
export type Repeated = { index: number; senderId: string; ref: string; seq: number };

export type Outcome = {
  /** By index of the append: the account's change position, or undefined where the conversation was left alone. */
  written: (number | undefined)[];
  repeated: Repeated[];
};

/**
 * Appends entries and their projections, one statement for the whole batch. A conversation is written only if its last
 * position is still the expected one and none of its refs is stored; otherwise it is left alone. The account's change
 * counter moves by one, under its row lock, in the same statement.
 *
 * Columns travel as arrays: the server reads them in a fraction of the time that JSON records take. The laterals look
 * each row up by its index whatever the planner believes of the tables' sizes, and the update goes to the row's place:
 * with the statistics of a young database it would else read all of them for every batch. Every writer takes the
 * account's counter before its conversations, accounts in order, so that two processes cannot wait for each other.
 */
const APPEND = `
with given as (
  select * from unnest($1::uuid[], $2::uuid[], $3::int[], $4::text[], $5::text[], $6::text[], $7::uuid[], $8::text[],
    $9::text[], $10::timestamptz[], $11::timestamptz[], $12::int[], $13::text[], $14::text[], $15::int[], $16::int[],
    $17::int[], $18::int[]) with ordinality as g(account_id, conversation_id, expected_seq, state, visitor_name,
    visitor_email, operator_id, operator_name, page, waiting_since, closed_at, last_seq, preview, unread_seqs,
    visitor_delivered, visitor_read, operator_delivered, operator_read, nr)
), input as (
  select * from unnest($19::int[], $20::uuid[], $21::uuid[], $22::int[], $23::timestamptz[], $24::text[], $25::uuid[],
    $26::uuid[], $27::text[]) as i(nr, account_id, conversation_id, seq, at, sender_kind, sender_id, ref, what)
), repeated as materialized (
  select i.nr, i.sender_id, i.ref, e.seq from input i cross join lateral (
    select e.seq from entries e where e.account_id = i.account_id and e.sender_id = i.sender_id and e.ref = i.ref
      and e.conversation_id = i.conversation_id limit 1
  ) e where i.ref is not null
), counter as materialized (
  select a.account_id from account_streams a where a.account_id = any($28::uuid[]) order by a.account_id for update
), counted as (
  update account_streams a set seq = a.seq + 1 from counter where a.account_id = counter.account_id
  returning a.account_id, a.seq
), found as materialized (
  select g.*, c.place, n.seq as changed_seq from given g join counted n using (account_id) cross join lateral (
    select c.ctid as place from conversations c
    where c.account_id = g.account_id and c.conversation_id = g.conversation_id limit 1
  ) c where g.nr not in (select nr from repeated)
), projected as (
  update conversations c set state = f.state, visitor_name = f.visitor_name, visitor_email = f.visitor_email,
    operator_id = f.operator_id, operator_name = f.operator_name, page = f.page::jsonb, waiting_since = f.waiting_since,
    closed_at = f.closed_at, last_seq = f.last_seq, preview = f.preview::jsonb, unread_seqs = f.unread_seqs::int[],
    visitor_delivered = f.visitor_delivered, visitor_read = f.visitor_read,
    operator_delivered = f.operator_delivered, operator_read = f.operator_read, changed_seq = f.changed_seq,
    closed_seq = case f.state when 'closed' then f.changed_seq end
  from found f where c.ctid = f.place and c.account_id = f.account_id and c.conversation_id = f.conversation_id
    and c.last_seq = f.expected_seq
  returning f.nr, f.changed_seq
), appended as (
  insert into entries (account_id, conversation_id, seq, at, sender_kind, sender_id, ref, what)
  select i.account_id, i.conversation_id, i.seq, i.at, i.sender_kind, i.sender_id, i.ref, i.what::jsonb
  from input i join projected p on p.nr = i.nr
)
select changed_seq, array_agg(nr::int) as written, null::uuid as sender_id, null::uuid as ref from projected
group by changed_seq
union all select seq, array[nr], sender_id, ref from repeated`;

type AppendRow = { changed_seq: number; written: number[]; sender_id: string | null; ref: string | null };

export async function appendEntries({ unscoped }: Unscoped, appends: Append[]): Promise<Outcome> {
  const rows = appends.map(({ stored }) => conversationRow(stored));
  const entries = appends.flatMap((append, index) =>
    append.entries.map((entry) => ({ entry, sender: entry.sender, index, row: rows[index]! })),
  );
  const values = [
    arrayOf(rows, (row) => row.account_id),
    arrayOf(rows, (row) => row.conversation_id),
    arrayOf(appends, ({ expectedSeq }) => expectedSeq),
    arrayOf(rows, (row) => row.state),
    arrayOf(rows, (row) => row.visitor_name),
    arrayOf(rows, (row) => row.visitor_email),
    arrayOf(rows, (row) => row.operator_id),
    arrayOf(rows, (row) => row.operator_name),
    arrayOf(rows, ({ page }) => page && JSON.stringify(page)),
    arrayOf(rows, (row) => row.waiting_since),
    arrayOf(rows, (row) => row.closed_at),
    arrayOf(rows, (row) => row.last_seq),
    arrayOf(rows, ({ preview }) => preview && JSON.stringify(preview)),
    arrayOf(rows, (row) => arrayOf(row.unread_seqs, (seq) => seq)),
    arrayOf(rows, (row) => row.visitor_delivered),
    arrayOf(rows, (row) => row.visitor_read),
    arrayOf(rows, (row) => row.operator_delivered),
    arrayOf(rows, (row) => row.operator_read),
    arrayOf(entries, ({ index }) => index + 1),
    arrayOf(entries, ({ row }) => row.account_id),
    arrayOf(entries, ({ row }) => row.conversation_id),
    arrayOf(entries, ({ entry }) => entry.seq),
    arrayOf(entries, ({ entry }) => entry.at),
    arrayOf(entries, ({ sender }) => sender.kind),
    arrayOf(entries, ({ sender }) => (sender.kind === 'system' ? null : sender.id)),
    arrayOf(entries, ({ entry }) => entry.ref ?? null),
    arrayOf(entries, ({ entry }) => JSON.stringify(entry.what)),
    arrayOf([...new Set(rows.map((row) => row.account_id))], (accountId) => accountId),
  ];
  const result = await unscoped.query<AppendRow>({ name: 'append-entries', text: APPEND, values });
  const outcome: Outcome = { written: [], repeated: [] };
  for (const { changed_seq, written, sender_id, ref } of result.rows) {
    for (const nr of written) {
      if (ref === null || sender_id === null) outcome.written[nr - 1] = changed_seq;
      else outcome.repeated.push({ index: nr - 1, senderId: sender_id, ref, seq: changed_seq });
    }
  }
  return outcome;
}

/** An array as PostgreSQL reads it. The driver's own way took a tenth of the server's time. */
function arrayOf<T>(items: readonly T[], valueOf: (item: T) => string | number | null): string {
  let text = '';
  for (const item of items) {
    const value = valueOf(item);
    if (text !== '') text += ',';
    if (value === null) text += 'null';
    else if (typeof value === 'number') text += value;
    else text += `"${value.replaceAll(/[\\"]/g, '\\$&')}"`;
  }
  return `{${text}}`;
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

/** Chosen status of every operator of these accounts, and whether a live line stands behind it. */
export async function readPresence(
  { unscoped }: Unscoped,
  accountIds: string[],
): Promise<{ accountId: string; operatorId: string; status: Status; present: boolean }[]> {
  const text = `select o.account_id as "accountId", o.operator_id as "operatorId", o.status, exists (
      select from operator_sessions s join nodes n using (node_id)
      where s.account_id = o.account_id and s.operator_id = o.operator_id and n.lease_until > now()
    ) as present
    from operators o where o.account_id = any($1::uuid[]) order by 1, 2`;
  const { rows } = await unscoped.query<{
    accountId: string;
    operatorId: string;
    status: Status;
    present: boolean;
  }>({ name: 'read-presence', text, values: [accountIds] });
  return rows;
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
