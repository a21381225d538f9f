import pg from 'pg';
import { migrate } from '../server/core/database/migrate.ts';
import { Database } from '../server/core/database/database.ts';
import { createLogger } from '../server/core/logger.ts';
import { readChanges, readEntries, readOpenConversation } from '../server/unscoped/read-log.ts';
import { startFoyer } from './foyer-target.ts';
import { latency, quantile, throughput } from './measures.ts';

type Shape = { accounts: number; conversations: number; entries: number };

/** Per account, `conversations`, of which one in twenty is open; per conversation, `entries`. */
const shapes: Shape[] = [
  { accounts: 100, conversations: 100, entries: 10 },
  { accounts: 1000, conversations: 100, entries: 10 },
  { accounts: 100, conversations: 1000, entries: 10 },
  { accounts: 100, conversations: 100, entries: 100 },
];

/**
 * What grows with the data and what does not: the same work on databases of several sizes. Reads are medians of 200.
 */
export async function growth(
  freshDatabase: () => Promise<string>,
  say: (line: string) => void,
): Promise<void> {
  const heads = ['accounts', 'each chats', 'each lines', '200 chats', 'p50', 'p99', ...Object.keys(reads)];
  say(heads.map((head) => head.padStart(11)).join(''));
  for (const shape of shapes) {
    const url = await freshDatabase();
    await fill(url, shape);
    const times = await timeReads(url);
    const { rate } = await throughput(startFoyer, url, 200);
    const { p50, p99 } = await latency(startFoyer, url, 1000, 1000);
    const ms = [p50, p99, ...times].map((time) => `${time.toFixed(2)} ms`);
    const figures = [shape.accounts, shape.conversations, shape.entries, `${rate.toFixed(0)}/s`, ...ms];
    say(figures.map((figure) => String(figure).padStart(11)).join(''));
  }
}

/** Rows as the verbs leave them, written by the database itself: a million through the front door would take minutes. */
async function fill(url: string, { accounts, conversations, entries }: Shape): Promise<void> {
  await migrate({ connectionString: url });
  const client = new pg.Client({ connectionString: url, options: '-c role=foyer_unscoped' });
  await client.connect();
  await client.query(
    `insert into accounts (account_id, name, title, language, identity_secret, created_at)
     select gen_random_uuid(), 'account' || n, 'Account ' || n, 'en', 'x', now() from generate_series(1, $1) n`,
    [accounts],
  );
  await client.query(`insert into account_streams (account_id, seq) select account_id, $1 from accounts`, [
    conversations + 1,
  ]);
  await client.query(
    `insert into visitors (account_id, visitor_id, first_seen_at)
     select account_id, gen_random_uuid(), now() from accounts, generate_series(1, $1)`,
    [conversations],
  );
  await client.query(
    `insert into conversations (account_id, conversation_id, visitor_id, chatbox_id, channel, state, language, created_at,
       waiting_since, closed_at, last_seq, unread_seqs, visitor_delivered, visitor_read, operator_delivered, operator_read,
       changed_seq, closed_seq, desk)
     select account_id, gen_random_uuid(), visitor_id, gen_random_uuid(), 'chat',
       case when open then 'waiting' else 'closed' end, 'en', now(), case when open then now() end,
       case when not open then now() end, $1, '{}', $1, $1, $1, $1, nr + 1, case when not open then nr + 1 end,
       case when open then '{"audience": null, "ring": null, "ringUntil": null, "passed": [], "transfer": null}'::jsonb end
     from (select account_id, visitor_id, nr, nr % 20 = 0 as open
       from (select *, row_number() over (partition by account_id) as nr from visitors) v) v`,
    [entries],
  );
  await client.query(
    `insert into entries (account_id, conversation_id, seq, at, sender_kind, sender_id, ref, what)
     select account_id, conversation_id, seq, now(), 'visitor', visitor_id, gen_random_uuid(),
       '{"kind": "message", "text": "Hello, do you still have the blue one in size 42?"}'
     from conversations, generate_series(1, $1) seq`,
    [entries],
  );
  await client.end();
}

type Row = { account_id: string; conversation_id: string; visitor_id: string; seq: number };

/** What a console asks when it comes, and when it comes back; a thread; what a visitor asks when it comes. */
const reads: Record<string, (db: Database, row: Row) => Promise<unknown>> = {
  list: (db, { account_id }) => readChanges(db, account_id, 0),
  changes: (db, { account_id, seq }) => readChanges(db, account_id, seq - 5),
  thread: (db, { account_id, conversation_id }) =>
    readEntries(db, { accountId: account_id, conversationId: conversation_id }, 0, 200),
  'own chat': (db, { account_id, visitor_id }) => readOpenConversation(db, account_id, visitor_id),
};

/** Median ms of each read, over 200 conversations. */
async function timeReads(url: string): Promise<number[]> {
  await using db = new Database({ connectionString: url }, createLogger('error'));
  const { rows } = await db.unscoped.query<Row>(
    `select account_id, conversation_id, visitor_id, seq from conversations join account_streams using (account_id)
     where state = 'waiting' order by conversation_id limit 200`,
  );
  const medians: number[] = [];
  for (const read of Object.values(reads)) {
    const times: number[] = [];
    for (const row of rows) {
      const begun = performance.now();
      await read(db, row);
      times.push(performance.now() - begun);
    }
    medians.push(quantile(times, 0.5));
  }
  return medians;
}
