import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import pg from 'pg';
import { createLogger } from '../logger.ts';
import { StartRefused } from '../start-refused.ts';
import { testDatabase, type TestDatabase } from '../../test/database.ts';
import { LOCK, lockInstallation } from './lock-installation.ts';

let database: TestDatabase;
/** Another program at the same database, as its owner. */
let other: pg.Client;

before(async () => {
  database = await testDatabase();
  other = await connect('test');
});
after(async () => {
  await other.end();
  await database[Symbol.asyncDispose]();
});

async function connect(name: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: database.url, application_name: name });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

const take = (shared: boolean, patienceMs = 300) =>
  lockInstallation({
    connection: { connectionString: database.url },
    shared,
    log: createLogger('silent'),
    patienceMs,
  });
const inUse = (sentence: RegExp) => (error: unknown) =>
  error instanceof StartRefused && error.code === 'database_in_use' && sentence.test(error.message);

/** Who holds or waits for it, by the name of the session. */
async function sessions(): Promise<{ pid: number; name: string }[]> {
  const { rows } = await other.query<{ pid: number; name: string }>(
    `select pid, application_name as name from pg_stat_activity
     where datname = current_database() and application_name like 'foyer server %' order by backend_start`,
  );
  return rows;
}
const cut = (pid: number | undefined) => other.query('select pg_terminate_backend($1)', [pid]);

test('a server alone lets nobody in; servers with a broker let in their like; never both', async () => {
  const alone = await take(false);
  await assert.rejects(take(false), inUse(/^Another Foyer server uses this database/));
  await assert.rejects(take(true), inUse(/^A Foyer server without FOYER_NATS_URL/));
  await alone.release();
  const [one, two] = [await take(true), await take(true)];
  await assert.rejects(take(false), inUse(/^Another Foyer server/));
  await one.release();
  await assert.rejects(take(false), inUse(/^Another Foyer server/));
  await two.release();
  assert.deepEqual(await sessions(), []);
});

test('a server that is just ending is waited for', async () => {
  const ending = await take(false);
  const next = take(false, 10_000);
  await waited(2);
  await ending.release();
  await (await next).release();
});

test('when its session breaks, the lock is taken again under the same name', async () => {
  const lock = await take(false);
  const [before] = await sessions();
  await cut(before?.pid);
  const [now] = await waited(1, before?.pid);
  assert.equal(now?.name, before?.name);
  await assert.rejects(take(false), inUse(/^Another/));
  await lock.release();
});

test('what a broken network has left of its session is ended when the lock is taken again', async () => {
  const lock = await take(true);
  const [mine] = await sessions();
  const ghost = await connect(mine?.name ?? '');
  const ended = new Promise((resolve) => ghost.once('end', resolve));
  await ghost.query('select pg_advisory_lock_shared($1)', [LOCK]);
  await cut(mine?.pid);
  await ended;
  await waited(1, mine?.pid);
  await lock.release();
  await (await take(false)).release();
});

test('a server that finds another in its place says that it has lost', async () => {
  const lock = await take(false);
  const [mine] = await sessions();
  const stranger = await connect('a server that was quicker');
  const taken = stranger.query('select pg_advisory_lock($1)', [LOCK]);
  await cut(mine?.pid);
  await taken;
  assert.ok(inUse(/^Another/)(await lock.lost));
  await lock.release();
  await stranger.end();
});

/** Waits until so many sessions are there, none of them `not`. */
async function waited(count: number, not?: number): Promise<{ pid: number; name: string }[]> {
  for (let tries = 0; ; tries += 1) {
    const found = await sessions();
    if (found.length === count && !found.some(({ pid }) => pid === not)) return found;
    if (tries > 400) throw new Error(`waited in vain for ${count} sessions: ${JSON.stringify(found)}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
