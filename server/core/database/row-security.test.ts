import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { sql } from 'kysely';
import { testDatabase, type TestDatabase } from '../../test/database.ts';
import { accountTables, fingerprint, makeWorld, type World } from '../../test/world.ts';
import type { OperatorActor } from '../actor.ts';
import type { Tx } from './database.ts';

let database: TestDatabase;
let a: World;
let b: World;
let tables: string[];

before(async () => {
  database = await testDatabase();
  const { context } = database;
  [a, b] = [await makeWorld(context, 'canary-a'), await makeWorld(context, 'canary-b')];
  await context.presence.start();
  for (const { administrator } of [a, b])
    await context.presence.arrived(administrator.actor as OperatorActor);
  tables = await accountTables(context);
});
after(() => database[Symbol.asyncDispose]());

const unscoped = async <R extends object>(text: string, values: unknown[] = []): Promise<R[]> =>
  (await database.context.db.unscoped.query(text, values)).rows as R[];
const count = async (tx: Tx, table: string): Promise<number> => {
  const { rows } = await sql<{ count: number }>`select count(*) from ${sql.table(table)}`.execute(tx);
  return rows[0]?.count ?? -1;
};
const owners = async (tx: Tx, table: string): Promise<string[]> => {
  const { rows } = await sql<{
    account_id: string;
  }>`select distinct account_id from ${sql.table(table)}`.execute(tx);
  return rows.map((row) => row.account_id);
};

test('B2: every table of accounts has row-level security, forced, and exactly the known policies', async () => {
  assert.ok(tables.length >= 9, tables.join());
  const rows = await unscoped<{ relname: string; relrowsecurity: boolean; relforcerowsecurity: boolean }>(
    `select relname, relrowsecurity, relforcerowsecurity from pg_class
     where relnamespace = 'public'::regnamespace and relname = any($1) order by relname`,
    [tables],
  );
  assert.deepEqual(
    rows,
    tables.map((relname) => ({ relname, relrowsecurity: true, relforcerowsecurity: true })),
  );
  const policies = await unscoped<{ tablename: string; policyname: string; roles: string; cmd: string }>(
    `select tablename, policyname, roles::text, cmd from pg_policies order by 1, 2`,
  );
  const own = "(account_id = (NULLIF(current_setting('app.account'::text, true), ''::text))::uuid)";
  for (const table of tables) {
    const mine = policies
      .filter(({ tablename }) => tablename === table)
      .map(({ policyname, roles, cmd }) => `${policyname} ${roles} ${cmd}`);
    const memberships = ['operators', 'accounts', 'membership_requests'].includes(table)
      ? ['own_memberships {foyer_app} SELECT']
      : [];
    assert.deepEqual(
      mine.toSorted(),
      ['own_account {foyer_app} ALL', 'unscoped {foyer_unscoped} ALL', ...memberships].toSorted(),
      table,
    );
    const [policy] = await unscoped<{ qual: string; with_check: string }>(
      `select qual, with_check from pg_policies where tablename = $1 and policyname = 'own_account'`,
      [table],
    );
    assert.deepEqual(policy, { qual: own, with_check: own }, table);
  }
});

test('B2: a table of accounts begins its primary key with the account', async () => {
  const rows = await unscoped<{ table: string; first: string }>(
    `select c.relname as table, a.attname as first from pg_index i join pg_class c on c.oid = i.indrelid
     join pg_attribute a on a.attrelid = c.oid and a.attnum = i.indkey[0] where i.indisprimary and c.relnamespace = 'public'::regnamespace and c.relname = any($1) order by 1`,
    [tables],
  );
  assert.deepEqual(
    rows,
    tables.map((table) => ({ table, first: 'account_id' })),
  );
});

test('B2: neither role of the server owns anything, is a superuser or bypasses row-level security', async () => {
  for (const role of ['foyer_app', 'foyer_unscoped']) {
    const [flags] = await unscoped<object>(
      'select rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolcanlogin from pg_roles where rolname = $1',
      [role],
    );
    assert.deepEqual(flags, {
      rolsuper: false,
      rolbypassrls: false,
      rolcreaterole: false,
      rolcreatedb: false,
      rolcanlogin: false,
    });
    assert.deepEqual(await unscoped('select relname from pg_class where relowner = $1::regrole', [role]), []);
    assert.deepEqual(
      await unscoped('select roleid::regrole::text from pg_auth_members where member = $1::regrole', [role]),
      [],
    );
  }
  const { rows } = await sql<{ user: string }>`select current_user as user`.execute(
    database.context.db.persons,
  );
  assert.equal(rows[0]?.user, 'foyer_app');
  assert.deepEqual(await unscoped('select current_user as user'), [{ user: 'foyer_unscoped' }]);
  assert.deepEqual(
    await unscoped(`select proname from pg_proc where prosecdef and pronamespace = 'public'::regnamespace`),
    [],
    'security definer',
  );
});

test('B2: without an account no row of any account is there, and with one only its own', async () => {
  const { db } = database.context;
  for (const table of tables) {
    const all = await unscoped<{ account_id: string }>(`select distinct account_id from ${table}`);
    assert.equal(all.length, 2, `${table} holds rows of both, so that there is something to hide`);
    assert.equal(await db.persons.transaction().execute((tx) => count(tx, table)), 0, table);
    assert.deepEqual(await db.inAccount(a.accountId, (tx) => owners(tx, table)), [a.accountId], table);
    assert.equal(await db.inAccount(randomUUID(), (tx) => count(tx, table)), 0, table);
  }
  for (const account of ['', ' ']) {
    const outcome = await db.inAccount(account, (tx) => count(tx, 'operators')).catch(() => 0);
    assert.equal(outcome, 0);
  }
});

test('B2: nothing can be written into another account, in any table', async () => {
  const { context } = database;
  const before = await fingerprint(context, a.accountId);
  for (const table of tables) {
    const name = sql.table(table);
    // A row of A, given to the transaction of B as data: what a forgotten account_id in a statement would do.
    const [row] = await unscoped<{ row: unknown }>(
      `select to_jsonb(t) as row from ${table} t where account_id = $1 limit 1`,
      [a.accountId],
    );
    const copy = JSON.stringify(row?.row);
    const insert = context.db.inAccount(b.accountId, (tx) =>
      sql`insert into ${name} select * from jsonb_populate_record(null::${name}, ${copy}::jsonb)`.execute(tx),
    );
    await assert.rejects(insert, /row-level security/, table);
    await context.db.inAccount(b.accountId, async (tx) => {
      const updated =
        await sql`update ${name} set account_id = account_id where account_id = ${a.accountId}`.execute(tx);
      const deleted = await sql`delete from ${name} where account_id = ${a.accountId}`.execute(tx);
      assert.deepEqual([updated.numAffectedRows, deleted.numAffectedRows], [0n, 0n], table);
    });
    const moved = context.db.inAccount(b.accountId, (tx) =>
      sql`update ${name} set account_id = ${a.accountId}`.execute(tx),
    );
    await assert.rejects(moved, /row-level security/, table);
  }
  assert.deepEqual(await fingerprint(context, a.accountId), before);
});

test('B2: 200 transactions of two accounts at once, failing ones among them, never see each other', async () => {
  const { db } = database.context;
  const both = [a, b];
  await Promise.all(
    Array.from({ length: 200 }, async (_, index) => {
      const { accountId } = both[index % 2]!;
      const work = db.inAccount(accountId, async (tx) => {
        assert.deepEqual(await owners(tx, 'entries'), [accountId]);
        await new Promise((resolve) => setTimeout(resolve, index % 5));
        assert.deepEqual(await owners(tx, 'conversations'), [accountId]);
        if (index % 7 === 0) throw new Error('on purpose');
      });
      if (index % 7 === 0) await assert.rejects(work, /on purpose/);
      else await work;
      if (index % 3 === 0)
        assert.equal(
          await db.persons.transaction().execute((tx) => count(tx, 'entries')),
          0,
          'what was set stays set',
        );
    }),
  );
});

test('B2: as a person one sees its own memberships and their accounts, changes nothing, and sees nothing else', async () => {
  const { db } = database.context;
  const { personId, operatorId } = a.owner.actor as OperatorActor;
  await db.asPerson(personId, async (tx) => {
    for (const table of tables) {
      const expected = table === 'operators' || table === 'accounts' ? 1 : 0;
      assert.equal(await count(tx, table), expected, table);
    }
    const { rows } = await sql<{ operator_id: string }>`select operator_id from operators`.execute(tx);
    assert.deepEqual(rows, [{ operator_id: operatorId }]);
    const updated = await sql`update operators set role = 'administrator'`.execute(tx);
    const deleted = await sql`delete from accounts`.execute(tx);
    assert.deepEqual([updated.numAffectedRows, deleted.numAffectedRows], [0n, 0n]);
  });
  await db.asPerson(randomUUID(), async (tx) => assert.equal(await count(tx, 'operators'), 0));
});
