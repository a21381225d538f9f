import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { migrate } from '../core/database/migrate.ts';
import { contentOfBackup, contentOfDatabase } from '../test/backup-content.ts';
import { testDatabase, type TestDatabase } from '../test/database.ts';
import { emptyDatabase } from '../test/empty-database.ts';
import { countChanges, killAt, pauseAt } from '../test/pause-at.ts';
import { makeWorld } from '../test/world.ts';
import { ArchiveReader } from './archive-reader.ts';
import { createBackup } from './create-backup.ts';
import { restoreBackup, type RestoreJob } from './restore-backup.ts';
import { openSnapshot } from './snapshot.ts';
import type { Manifest } from './format.ts';

const SECRET = 'a secret that is long enough to be one';
const silent = (): void => undefined;

let source: TestDatabase;
let folder: string;
let path: string;

const backUp = (url: string, to: string) =>
  createBackup({ connection: { connectionString: url }, secret: SECRET, path: to, say: silent });
async function restore(url: string, from = path, changes: Partial<RestoreJob> = {}): Promise<Manifest> {
  using archive = await ArchiveReader.open(from);
  const keepSecret = async (secret: string): Promise<void> => assert.equal(secret, SECRET);
  return await restoreBackup({
    connection: { connectionString: url },
    archive,
    keepSecret,
    say: silent,
    ...changes,
  });
}

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'foyer-backup-'));
  path = join(folder, 'backup');
  source = await testDatabase();
  await makeWorld(source.context, 'canary');
  await backUp(source.url, path);
});
after(async () => {
  await source[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

/** Everything that a restore must bring back; the epoch is the one thing that it changes. */
async function contentOf(url: string, { tables }: Manifest) {
  const { installation, ...others } = await contentOfDatabase(url, tables);
  assert.equal(installation?.length, 1);
  return others;
}

test('what comes back is what was there, row by row, under the same walls, in a new epoch', async () => {
  await using target = await emptyDatabase();
  const manifest = await restore(target.url);
  const content = await contentOf(target.url, manifest);
  assert.deepEqual(content, await contentOf(source.url, manifest));
  assert.ok(content['entries']!.length > 5 && content['person_credentials']!.length > 0);
  const { installation, ...stored } = await contentOfBackup(path);
  assert.deepEqual(content, stored);
  assert.equal(installation?.length, 1);
  const [epoch] = await target.query<{ epoch: string }>('select epoch from installation');
  assert.notEqual(epoch?.epoch, source.context.epoch);
  const walls = `select relname from pg_class where relrowsecurity and relforcerowsecurity order by 1`;
  assert.deepEqual(
    await target.query(walls),
    (await source.context.db.unscoped.query<{ relname: string }>(walls)).rows,
  );
});

test('an owner who is no superuser, and whom row-level security binds, backs up and restores everything', async () => {
  const owner = `owner_${randomBytes(4).toString('hex')}`;
  await using server = await emptyDatabase();
  await server.query(`create role ${owner} login noinherit createrole password '${owner}'`);
  try {
    // As if this owner's first migration had made them: roles belong to the whole cluster.
    await server.query(`grant foyer_app, foyer_unscoped to ${owner} with admin option`);
    await using first = await emptyDatabase(owner);
    await using second = await emptyDatabase(owner);
    await first.query(`alter schema public owner to ${owner}`);
    await second.query(`alter schema public owner to ${owner}`);
    const manifest = await restore(first.url);
    const again = join(folder, 'by-owner');
    await backUp(first.url, again);
    await restore(second.url, again);
    const { installation: _, ...stored } = await contentOfBackup(path);
    const superuser = (database: { url: string }) => {
      const url = new URL(process.env['FOYER_TEST_DATABASE_URL'] ?? '');
      url.pathname = new URL(database.url).pathname;
      return url.href;
    };
    assert.deepEqual(await contentOf(superuser(second), manifest), stored);
  } finally {
    await server.query(`revoke foyer_app, foyer_unscoped from ${owner}`);
  }
  // Its databases are gone by now.
  await using last = await emptyDatabase();
  await last.query(`drop role ${owner}`);
});

test('a database that holds anything is refused and left as it is', async () => {
  await using target = await emptyDatabase();
  await target.query('create table notes (text text)');
  await assert.rejects(restore(target.url), { code: 'not_empty' });
  assert.deepEqual(await target.tables(), ['notes']);
  await assert.rejects(restore(source.url), { code: 'not_empty' });
});

test('a damaged backup changes nothing', async () => {
  await using target = await emptyDatabase();
  const bytes = await readFile(path);
  bytes[bytes.length >> 1]! ^= 1;
  const flipped = join(folder, 'flipped');
  await writeFile(flipped, bytes);
  await assert.rejects(restore(target.url, flipped), { code: 'backup_damaged' });
  assert.deepEqual(await target.tables(), []);
});

test('a backup of a newer schema is refused, and an empty database has nothing to back up', async () => {
  await using target = await emptyDatabase();
  const older = pathToFileURL(`${folder}/`);
  await assert.rejects(restore(target.url, path, { migrations: older }), { code: 'backup_newer' });
  assert.deepEqual(await target.tables(), []);
  await assert.rejects(backUp(target.url, join(folder, 'nothing')), { code: 'nothing_to_back_up' });
});

test('a secret that cannot be kept undoes the restore', async () => {
  await using target = await emptyDatabase();
  const keepSecret = async (): Promise<void> => {
    throw new Error('another secret');
  };
  await assert.rejects(restore(target.url, path, { keepSecret }), /another secret/);
  assert.deepEqual(await target.tables(), []);
});

test('a backup sees one moment, whatever is written meanwhile', async () => {
  const { client } = await openSnapshot({ connectionString: source.url });
  try {
    const count = async () => (await client.query('select count(*)::int from entries')).rows;
    const before = await count();
    await makeWorld(source.context, 'meanwhile');
    assert.deepEqual(await count(), before);
  } finally {
    await client.end();
  }
});

test('a backup that is stopped leaves no file', async () => {
  const stopping = new AbortController();
  const files = await readdir(folder);
  const job = { connection: { connectionString: source.url }, secret: SECRET, path: join(folder, 'stopped') };
  const stopped = createBackup({ ...job, say: () => stopping.abort(), signal: stopping.signal });
  await assert.rejects(stopped, { name: 'AbortError' });
  assert.deepEqual(await readdir(folder), files);
});

test('a server that starts does not wait for a backup, nor migrates under it', async () => {
  const lines: Promise<unknown>[] = [];
  const say = (): void => void lines.push(migrate({ connectionString: source.url }));
  const job = { connection: { connectionString: source.url }, secret: SECRET, path: join(folder, 'beside') };
  await createBackup({ ...job, say });
  assert.ok(lines.length > 5);
  for (const outcome of await Promise.all(lines)) assert.deepEqual(outcome, { applied: [] });
});

test('a restore that is killed with -9, wherever it stands, leaves an empty database and can be run again', async () => {
  await using counted = await emptyDatabase();
  const changes = await countChanges(counted, () => restore(counted.url));
  await using target = await emptyDatabase();
  const data = join(folder, 'data');
  // In the schema, before the first row, behind the last row.
  for (const nth of [5, changes - 16, changes - 1]) {
    const pause = await pauseAt(target, nth);
    await killAt(pause, startRestore(target.url, data));
    assert.deepEqual(await target.tables(), [], `killed at ${nth} of ${changes}`);
  }
  const manifest = await restore(target.url);
  const { installation: _, ...stored } = await contentOfBackup(path);
  assert.deepEqual(await contentOf(target.url, manifest), stored);
});

function startRestore(url: string, data: string): ChildProcess {
  const program = fileURLToPath(new URL('../restore.ts', import.meta.url));
  const env = { PATH: process.env['PATH'], DATABASE_URL: url, FOYER_DATA: data };
  return spawn(process.execPath, [program, path], { env, stdio: ['ignore', 'ignore', 'inherit'] });
}
