import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import type { OperatorActor } from '../core/actor.ts';
import { testDatabase, type TestDatabase } from '../test/database.ts';
import { fingerprint, makeWorld, type World } from '../test/world.ts';
import { appendEntries } from './append-entries.ts';
import { accountIdOfChatbox, emailOfOperator, readMemberships, readPresence } from './read-accounts.ts';
import {
  findRef,
  loadConversations,
  readChanges,
  readEntries,
  readEntriesBefore,
  readHeads,
  readOpenConversation,
} from './read-log.ts';

let database: TestDatabase;
let a: World;
let b: World;
let untouched: Record<string, string>;

before(async () => {
  database = await testDatabase();
  [a, b] = [await makeWorld(database.context, 'canary-a'), await makeWorld(database.context, 'canary-b')];
  untouched = await fingerprint(database.context, a.accountId);
});
after(() => database[Symbol.asyncDispose]());

/** With B's account on A's ids: what must come of it, and that the same with A's account finds something. */
type Try = (world: World) => Promise<unknown>;

const keyIn = ({ accountId }: World) => ({ accountId, conversationId: a.ids.conversationId });
const refOfA = async (): Promise<string> => {
  const text = 'select ref from entries where account_id = $1 and conversation_id = $2 and seq = 1';
  return (
    (await database.context.db.unscoped.query<{ ref: string }>(text, [a.accountId, a.ids.conversationId]))
      .rows[0]?.ref ?? ''
  );
};

const tries: Record<string, Try> = {
  loadConversations: (world) => loadConversations(database.context.db, [keyIn(world)]),
  readEntries: (world) => readEntries(database.context.db, keyIn(world), 0, 100),
  readEntriesBefore: (world) => readEntriesBefore(database.context.db, keyIn(world), 100, 100),
  findRef: async (world) => findRef(database.context.db, world.accountId, a.ids.visitorId, await refOfA()),
  readOpenConversation: (world) =>
    readOpenConversation(database.context.db, world.accountId, a.ids.visitorId),
  readChanges: async (world) => {
    const { changed } = await readChanges(database.context.db, world.accountId, 0);
    return changed.filter(({ accountId }) => accountId === a.accountId);
  },
  readHeads: (world) => readHeads(database.context.db, [keyIn(world)], []),
  readPresence: async ({ accountId }) => {
    const rows = await readPresence(database.context.db, [accountId]);
    return rows.filter(({ operatorId }) => operatorId === a.ids.operatorId);
  },
  readMemberships: ({ accountId }) =>
    readMemberships(database.context.db, [{ accountId, operatorId: a.ids.operatorId }]),
  emailOfOperator: async ({ accountId }) => {
    const { rows } = await database.context.db.unscoped.query<{ name: string }>(
      'select name from accounts where account_id = $1',
      [accountId],
    );
    const operator = await database.context.db.unscoped.query<{ handle: string }>(
      'select handle from operators where operator_id = $1',
      [a.ids.operatorId],
    );
    return emailOfOperator(database.context.db, rows[0]?.name ?? '', operator.rows[0]?.handle ?? '');
  },
};

const elsewhere: Record<string, string> = {
  appendEntries: 'writes: the test below',
  storedConversation: 'no statement',
  columns: 'no statement',
  conversationRow: 'no statement',
  entryOf: 'no statement',
  accountIdOfChatbox: 'makes the account from a public key',
  readEpoch: 'belongs to no account',
  expireInvitations: 'ends what is old, whosever it is; names each row by its whole key',
  accountsThatWait: 'for all accounts, whose ids it gives: features/conversations/reconciler.test.ts',
  accountsWithMessages: 'for all accounts, whose ids it gives: features/conversations/reconciler.test.ts',
  waitingMails: 'for all accounts, whose keys it gives: features/mail/jobs.test.ts',
};

const found = (value: unknown): number => (Array.isArray(value) ? value.length : value === undefined ? 0 : 1);

/** What the files of this folder export, whatever they are. */
async function exported(): Promise<string[]> {
  const files = (await readdir(import.meta.dirname)).filter((file) => !file.endsWith('.test.ts'));
  const modules = files.map((file) => import(`./${file}`) as Promise<object>);
  return (await Promise.all(modules)).flatMap((module) => Object.keys(module));
}

test('every statement without row-level security is tried here', async () => {
  assert.deepEqual(
    (await exported()).toSorted(),
    [...Object.keys(tries), ...Object.keys(elsewhere)].toSorted(),
  );
});

for (const [name, attempt] of Object.entries(tries)) {
  test(`B1: ${name} finds nothing of A with the account of B`, async () => {
    assert.equal(found(await attempt(b)), 0);
    assert.ok(found(await attempt(a)) > 0, 'with its own account it does');
  });
}

test('accountIdOfChatbox names the account of the key', async () => {
  const of = async (key: string) => (await accountIdOfChatbox(database.context.db, key))?.accountId;
  assert.deepEqual(
    [await of(a.ids.key), await of(b.ids.key), await of('x')],
    [a.accountId, b.accountId, undefined],
  );
});

test('B1: appendEntries changes nothing of A for the account of B, whatever it is handed', async () => {
  const { db } = database.context;
  const [mine] = await loadConversations(db, [keyIn(a)]);
  assert.ok(mine);
  const stored = { ...mine, accountId: b.accountId };
  const { lastSeq } = mine.conversation;
  const entry = (seq: number) => ({
    seq,
    at: new Date().toISOString(),
    ref: randomUUID(),
    sender: { kind: 'operator' as const, id: (b.owner.actor as OperatorActor).operatorId },
    what: { kind: 'message' as const, text: 'from B' },
  });
  const append = { expectedSeq: lastSeq, stored, entries: [entry(lastSeq + 1)] };
  assert.deepEqual(await appendEntries(db, [append]), { written: [], repeated: [], skipped: [] });
  // A conversation of B with the very id of A's.
  await db.unscoped.query(
    `insert into conversations select (jsonb_populate_record(c, jsonb_build_object('conversation_id', $3::text))).* from conversations c
     where account_id = $1 and conversation_id = $2`,
    [b.accountId, b.ids.closedId, a.ids.conversationId],
  );
  const [twin] = await loadConversations(db, [
    { accountId: b.accountId, conversationId: a.ids.conversationId },
  ]);
  assert.ok(twin && twin.accountId === b.accountId);
  const expectedSeq = twin.conversation.lastSeq;
  const { written } = await appendEntries(db, [
    { expectedSeq, stored: twin, entries: [entry(expectedSeq + 1)] },
  ]);
  assert.ok(written[0], 'its own twin is written');
  assert.deepEqual(await fingerprint(database.context, a.accountId), untouched);
});
