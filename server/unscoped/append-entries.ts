import type { Entry } from '#protocol/entries.ts';
import { conversationRow, type StoredConversation } from './stored-conversation.ts';
import type { Unscoped } from './unscoped.ts';

/** One conversation's part of a batch: the entries that follow `expectedSeq`, and what they make of it. */
export type Append = { expectedSeq: number; stored: StoredConversation; entries: Entry[] };

/** A stored entry that has the ref of one that was to be appended; `index` names the append. */
export type Repeated = { index: number; senderId: string; ref: string; seq: number };

export type Outcome = {
  /** By index of the append: the account's change position, or undefined where the conversation was left alone. */
  written: (number | undefined)[];
  repeated: Repeated[];
  /** Positions that an account's stream took for nothing: what was to be written had moved on meanwhile. */
  skipped: { accountId: string; seq: number }[];
};

/**
 * Appends entries and their projections, one statement for the whole batch. A conversation is written only if its last
 * position is still the expected one and none of its refs is stored; otherwise it is left alone. The account's change
 * counter moves by one, under its row lock, in the same statement.
 *
 * Columns travel as arrays: PostgreSQL reads them in a fraction of the time that JSON records take. One plan serves
 * batches of every size (core/database/database.ts), so it must not depend on what the planner believes of the tables
 * and arrays: laterals look each row up by its index, the update goes to the row's place, and what would be a join of
 * the batch with itself is a look-up in a hash (`is true`, `not in`) or an object. Every writer takes the accounts'
 * counters before their conversations, and the index hands out the accounts in order, so that two processes cannot wait
 * for each other.
 */
const APPEND = `
with given as (
  select * from unnest($1::uuid[], $2::uuid[], $3::int[], $4::text[], $5::text[], $6::text[], $7::uuid[], $8::text[],
    $9::text[], $10::timestamptz[], $11::timestamptz[], $12::int[], $13::text[], $14::text[], $15::int[], $16::int[],
    $17::int[], $18::int[], $19::text[], $20::text[], $21::text[]) with ordinality as g(account_id, conversation_id,
    expected_seq, state, visitor_name, visitor_email, operator_id, operator_name, page, waiting_since, closed_at,
    last_seq, preview, unread_seqs, visitor_delivered, visitor_read, operator_delivered, operator_read, channel, desk,
    visitor_unread_seqs, nr)
), input as (
  select * from unnest($22::int[], $23::uuid[], $24::uuid[], $25::int[], $26::timestamptz[], $27::text[], $28::uuid[],
    $29::uuid[], $30::text[]) as i(nr, account_id, conversation_id, seq, at, sender_kind, sender_id, ref, what)
), repeated as materialized (
  select i.nr, i.sender_id, i.ref, e.seq from input i cross join lateral (
    select e.conversation_id, e.seq from entries e
    where e.account_id = i.account_id and e.sender_id = i.sender_id and e.ref = i.ref offset 0
  ) e where e.conversation_id = i.conversation_id
), found as materialized (
  select g.*, c.place from given g cross join lateral (
    select c.ctid as place from conversations c where c.account_id = g.account_id
      and c.conversation_id = g.conversation_id and c.last_seq = g.expected_seq limit 1
  ) c where g.nr not in (select nr from repeated)
), counted as (
  update account_streams set seq = seq + 1 where account_id = any(array(select distinct account_id from found))
  returning account_id, seq
), projected as (
  update conversations c set state = f.state, visitor_name = f.visitor_name, visitor_email = f.visitor_email,
    operator_id = f.operator_id, operator_name = f.operator_name, page = f.page::jsonb, waiting_since = f.waiting_since,
    closed_at = f.closed_at, last_seq = f.last_seq, preview = f.preview::jsonb, unread_seqs = f.unread_seqs::int[],
    visitor_delivered = f.visitor_delivered, visitor_read = f.visitor_read,
    operator_delivered = f.operator_delivered, operator_read = f.operator_read, changed_seq = n.seq,
    channel = f.channel, desk = f.desk::jsonb, visitor_unread_seqs = f.visitor_unread_seqs::int[],
    closed_seq = case f.state when 'closed' then n.seq end
  from found f cross join lateral (
    select ((select jsonb_object_agg(account_id, seq) from counted) ->> f.account_id::text)::bigint as seq
  ) n where c.ctid = f.place and (c.account_id, c.conversation_id, c.last_seq)
    is not distinct from (f.account_id, f.conversation_id, f.expected_seq)
  returning f.nr, f.account_id, c.changed_seq
), appended as (
  insert into entries (account_id, conversation_id, seq, at, sender_kind, sender_id, ref, what)
  select i.account_id, i.conversation_id, i.seq, i.at, i.sender_kind, i.sender_id, i.ref, i.what::jsonb
  from input i where (i.nr in (select nr from projected)) is true
)
select changed_seq, array_agg(nr::int) as written, null::uuid as sender_id, null::uuid as ref from projected
group by changed_seq
union all select seq, array[nr], sender_id, ref from repeated
union all select seq, null, account_id, null from counted where account_id not in (select account_id from projected)`;

type AppendRow = {
  changed_seq: number;
  /** null: nothing; then `sender_id` is the account's. */
  written: number[] | null;
  sender_id: string | null;
  ref: string | null;
};

export async function appendEntries({ unscoped }: Unscoped, appends: Append[]): Promise<Outcome> {
  const rows = appends.map(({ stored }) => conversationRow(stored));
  const entries = appends.flatMap((append, index) =>
    append.entries.map((entry) => ({ entry, sender: entry.sender, index, row: rows[index]! })),
  );
  const values = [
    plain(rows, (row) => row.account_id),
    plain(rows, (row) => row.conversation_id),
    plain(appends, ({ expectedSeq }) => expectedSeq),
    plain(rows, (row) => row.state),
    quoted(rows, (row) => row.visitor_name),
    quoted(rows, (row) => row.visitor_email),
    plain(rows, (row) => row.operator_id),
    quoted(rows, (row) => row.operator_name),
    quoted(rows, ({ page }) => page && JSON.stringify(page)),
    plain(rows, (row) => row.waiting_since),
    plain(rows, (row) => row.closed_at),
    plain(rows, (row) => row.last_seq),
    quoted(rows, ({ preview }) => preview && JSON.stringify(preview)),
    quoted(rows, (row) => `{${row.unread_seqs.join(',')}}`),
    plain(rows, (row) => row.visitor_delivered),
    plain(rows, (row) => row.visitor_read),
    plain(rows, (row) => row.operator_delivered),
    plain(rows, (row) => row.operator_read),
    plain(rows, (row) => row.channel),
    quoted(rows, ({ desk }) => desk && JSON.stringify(desk)),
    quoted(rows, (row) => `{${row.visitor_unread_seqs.join(',')}}`),
    plain(entries, ({ index }) => index + 1),
    plain(entries, ({ row }) => row.account_id),
    plain(entries, ({ row }) => row.conversation_id),
    plain(entries, ({ entry }) => entry.seq),
    plain(entries, ({ entry }) => entry.at),
    plain(entries, ({ sender }) => sender.kind),
    plain(entries, ({ sender }) => (sender.kind === 'system' ? null : sender.id)),
    plain(entries, ({ entry }) => entry.ref ?? null),
    quoted(entries, ({ entry }) => JSON.stringify(entry.what)),
  ];
  const result = await unscoped.query<AppendRow>({ name: 'append-entries', text: APPEND, values });
  const outcome: Outcome = { written: [], repeated: [], skipped: [] };
  for (const { changed_seq, written, sender_id, ref } of result.rows) {
    if (written === null && sender_id !== null)
      outcome.skipped.push({ accountId: sender_id, seq: changed_seq });
    for (const nr of written ?? []) {
      if (ref === null || sender_id === null) outcome.written[nr - 1] = changed_seq;
      else outcome.repeated.push({ index: nr - 1, senderId: sender_id, ref, seq: changed_seq });
    }
  }
  return outcome;
}

/**
 * Arrays as PostgreSQL reads them. The driver's own way took a tenth of the server's time. `plain` is for what holds no
 * quote, comma or brace by its type: numbers, ids, instants, our own words.
 */
function plain<T>(items: readonly T[], valueOf: (item: T) => string | number | null): string {
  return `{${items.map((item) => valueOf(item) ?? 'null').join(',')}}`;
}

function quoted<T>(items: readonly T[], valueOf: (item: T) => string | null): string {
  return plain(items, (item) => {
    const value = valueOf(item);
    return value === null ? null : `"${value.replaceAll(/[\\"]/g, '\\$&')}"`;
  });
}
