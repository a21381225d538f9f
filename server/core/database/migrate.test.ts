import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import pg from 'pg';
import { emptyDatabase, type EmptyDatabase } from '../../test/empty-database.ts';
import { StartRefused } from '../start-refused.ts';
import { migrate } from './migrate.ts';

let database: EmptyDatabase;
let folder: string;

const from = () => pathToFileURL(`${folder}/`);
const write = (file: string, text: string) => writeFile(join(folder, file), text);
const run = () => migrate({ connectionString: database.url }, from());
beforeEach(async () => {
  database = await emptyDatabase();
  folder = await mkdtemp(join(tmpdir(), 'foyer-migrate-'));
  await write('0001-one.sql', 'create table one (id int); insert into one values (1);');
  await write('0002-two.sql', 'create table two (id int);');
});
afterEach(async () => {
  await database[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

test('each migration is applied once, in order, and nothing else that lies there', async () => {
  await write('0003-three.sql', 'insert into two select id from one;');
  for (const file of ['README.md', '3-x.sql', '0004-X.sql', '0005-x.sql.bak']) await write(file, 'nonsense');
  assert.deepEqual(await run(), { applied: ['0001-one.sql', '0002-two.sql', '0003-three.sql'] });
  assert.deepEqual(await run(), { applied: [] });
  assert.deepEqual(await database.query('select id from two'), [{ id: 1 }]);
});

test('of starters at once one migrates and the others wait for it', async () => {
  await write('0003-slow.sql', 'select pg_sleep(0.3);');
  const outcomes = await Promise.all([1, 2, 3, 4].map(run));
  assert.deepEqual(outcomes.map(({ applied }) => String(applied.length)).toSorted(), ['0', '0', '0', '3']);
  assert.deepEqual(await database.query('select id from one'), [{ id: 1 }]);
});

test('the real migrations, by two starters at once, and once more', async () => {
  const real = () => migrate({ connectionString: database.url });
  const outcomes = await Promise.all([real(), real()]);
  assert.equal(outcomes.filter(({ applied }) => applied.length > 0).length, 1);
  assert.deepEqual(await real(), { applied: [] });
});

test('one that fails leaves the database as it was', async () => {
  await run();
  await write('0003-half.sql', 'create table three (id int); select 1 / 0;');
  await write('0004-never.sql', 'create table four (id int);');
  await assert.rejects(run(), /division by zero/);
  assert.deepEqual(await database.tables(), ['migrations', 'one', 'two']);
  await write('0003-half.sql', 'create table three (id int);');
  assert.deepEqual(await run(), { applied: ['0003-half.sql', '0004-never.sql'] });
});

test('one that is killed in the middle leaves nothing, and the next start goes on', async () => {
  await write('0003-long.sql', 'create table three (id int); select pg_sleep(60);');
  const killed = assert.rejects(run());
  const where = `datname = current_database() and application_name = 'foyer migrate' and query like '%pg_sleep%'`;
  while (
    (await database.query(`select pg_terminate_backend(pid) from pg_stat_activity where ${where}`)).length ===
    0
  )
    await sleep(20);
  await killed;
  assert.deepEqual(await database.tables(), []);
  await write('0003-long.sql', 'create table three (id int);');
  assert.equal((await run()).applied.length, 3);
});

const refused = (code: string, file: string) => (error: unknown) =>
  error instanceof StartRefused &&
  error.code === code &&
  error.message.includes(file) &&
  error.message.endsWith('.');

test('a database of a newer Foyer is refused by name and left alone', async () => {
  await write('0003-newer.sql', 'create table three (id int);');
  await run();
  await rm(join(folder, '0003-newer.sql'));
  await write('0004-mine.sql', 'create table four (id int);');
  await assert.rejects(run(), refused('database_newer', '0003-newer.sql'));
  assert.deepEqual(await database.tables(), ['migrations', 'one', 'three', 'two']);
});

test('a migration that was changed after it was applied is refused by name', async () => {
  await run();
  await write('0001-one.sql', 'create table one (id int); insert into one values (1); -- changed');
  await write('0003-three.sql', 'create table three (id int);');
  await assert.rejects(run(), refused('migration_changed', '0001-one.sql'));
  assert.deepEqual(await database.tables(), ['migrations', 'one', 'two']);
});

test('one that must wait for a table gives up, lets others through, and tries again', async () => {
  await run();
  await write('0003-three.sql', 'alter table one add column more int;');
  const reader = new pg.Client({ connectionString: database.url });
  await reader.connect();
  await reader.query('begin; select id from one');
  const migrating = run();
  const waiting = `select 1 from pg_stat_activity where datname = current_database() and application_name = 'foyer migrate' and wait_event_type = 'Lock'`;
  const isWaiting = async () => (await database.query(waiting)).length === 1;
  while (!(await isWaiting())) await sleep(20);
  // Stands in the queue behind the migration, and gets through though the table is never free.
  await database.query('select id from one');
  await reader.end();
  assert.deepEqual(await migrating, { applied: ['0003-three.sql'] });
});
