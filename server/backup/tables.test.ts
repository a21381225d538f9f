import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { testDatabase, type TestDatabase } from '../test/database.ts';
import { copied, left } from './tables.ts';

let database: TestDatabase;
before(async () => void (database = await testDatabase()));
after(() => database[Symbol.asyncDispose]());

const query = async <Row extends object>(text: string): Promise<Row[]> =>
  (await database.context.db.unscoped.query(text)).rows as Row[];
const IN_PUBLIC = `relnamespace = 'public'::regnamespace`;
const OURS = `relnamespace::regnamespace::text !~ '^(pg_|information_schema)'`;

test('somebody has decided of every table whether a backup holds it', async () => {
  const rows = await query<{ name: string }>(
    `select distinct case when ${IN_PUBLIC} then relname::text else relnamespace::regnamespace::text end as name
     from pg_class where relkind in ('r', 'p', 'm', 'f') and ${OURS}`,
  );
  const names = rows.map(({ name }) => name).toSorted();
  assert.deepEqual(names, [...copied, ...Object.keys(left)].toSorted(), 'decide in server/backup/tables.ts');
});

test('every foreign key of a table that is copied points to itself or to an earlier one', async () => {
  const keys = await query<{ from: string; to: string }>(
    `select conrelid::regclass::text as from, confrelid::regclass::text as to from pg_constraint where contype = 'f' and connamespace = 'public'::regnamespace`,
  );
  const place = (name: string) => copied.findIndex((table) => table === name);
  assert.ok(keys.length > 8);
  for (const { from, to } of keys.filter((key) => place(key.from) !== -1)) {
    assert.ok(place(to) !== -1 && place(to) <= place(from), `${from} needs ${to}`);
  }
});

test('nothing but tables holds data: a sequence would begin anew after a restore', async () => {
  assert.deepEqual(await query(`select relname from pg_class where relkind = 'S' and ${OURS}`), []);
  assert.deepEqual(await query('select oid from pg_largeobject_metadata'), []);
});
