import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { Client } from 'pg';

import { checkDurability } from '../check-durability.ts';
import type { Connection } from './await-ready.ts';
import { canReach } from './child-user.ts';
import { findPostmaster } from './postmaster.ts';
import { lookUpProcess, processesIn } from './process-table.ts';
import { copyProject } from './test-project.ts';

const isRoot = process.getuid?.() === 0;
const NOBODY = 65_534;
const parentFile = fileURLToPath(import.meta.resolve('./test-parent.ts'));

const base = await mkdtemp('/tmp/foyer-embedded-');
await chmod(base, 0o755);
const folder = join(base, 'data');
const cluster = join(folder, 'postgres/cluster');
const pidFile = join(cluster, 'postmaster.pid');
const children = new Set<ChildProcess>();

after(async () => {
  for (const child of children) child.kill('SIGKILL');
  for (const data of await readdir(base)) {
    const running = await findPostmaster(join(base, data, 'postgres/cluster'));
    if (running !== undefined) process.kill(running.pid, 'SIGKILL');
  }
  await rm(base, { recursive: true, maxRetries: 20 });
});

type Started = { connection: Connection; pid: number; messages: string[]; milliseconds: number };
type Parent = { child: ChildProcess; line: Started & { refused?: string; message?: string } };

function launch(data: string, options: { uid?: number; gid?: number; file?: string } = {}): ChildProcess {
  const { file = parentFile, ...ids } = options;
  const child = spawn(process.execPath, [file, data], {
    stdio: ['pipe', 'pipe', 'inherit'],
    cwd: '/',
    ...ids,
  });
  children.add(child);
  child.once('exit', () => children.delete(child));
  return child;
}

async function start(
  data = folder,
  options: { uid?: number; gid?: number; file?: string } = {},
): Promise<Parent> {
  const child = launch(data, options);
  const chunk: unknown[] = await Promise.race([once(child.stdout!, 'data'), once(child, 'exit')]);
  return { child, line: JSON.parse(String(chunk[0])) };
}

async function stop({ child, line }: Parent): Promise<void> {
  child.stdin!.end();
  const [code] = await once(child, 'exit');
  assert.equal(code, 0);
  assert.equal(await lookUpProcess(line.pid), undefined, 'the postmaster must have ended when stop resolves');
}

async function kill(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL');
  await once(child, 'exit');
}

async function connect(connection: Connection): Promise<Client> {
  const client = new Client(connection);
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

async function rows(connection: Connection, sql: string): Promise<Record<string, string>[]> {
  const client = await connect(connection);
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

async function remembered(connection: Connection): Promise<string[]> {
  return (await rows(connection, 'SELECT word FROM memory ORDER BY word')).map(({ word }) => word ?? '');
}

const remember = (connection: Connection, word: string) =>
  rows(connection, `INSERT INTO memory VALUES ('${word}')`);

/** A child with the ids of the database, so that PostgreSQL's own kill(pid, 0) finds it. */
async function strangerPid(script: string): Promise<string> {
  const ids = isRoot ? { uid: NOBODY, gid: NOBODY } : {};
  const child = spawn('/bin/sh', ['-c', script], { stdio: ['ignore', 'pipe', 'inherit'], ...ids });
  children.add(child);
  const [line] = await once(child.stdout!, 'data');
  return String(line).trim();
}

async function claimPidFile(pid: string): Promise<void> {
  await writeFile(pidFile, (await readFile(pidFile, 'utf8')).replace(/^\d+/, pid));
}

test('cold start, stop, warm start: a durable database that nobody else can enter', async (t) => {
  const cold = await start();
  const { connection } = cold.line;
  await rows(connection, 'CREATE TABLE memory (word text)');
  await remember(connection, 'cold');
  await checkDurability(async (sql) => ({ rows: await rows(connection, sql) }));
  const [settings] = await rows(
    connection,
    `SELECT current_setting('data_checksums') AS checksums, current_setting('listen_addresses') AS tcp, to_tsvector('simple', 'hello😀world Ёлка')::text AS words`,
  );
  assert.deepEqual(settings, { checksums: 'on', tcp: '', words: "'hello':1 'world':2 'ёлка':3" });
  assert.equal((await stat(connection.host)).mode & 0o777, 0o700);
  if (isRoot) {
    assert.equal((await stat(join(folder, 'postgres'))).uid, NOBODY);
    assert.equal((await stat(folder)).uid, 0);
    assert.match(
      await readFile(`/proc/${cold.line.pid}/status`, 'utf8'),
      /^Uid:\t65534\t65534\t65534\t65534$/m,
    );
  }

  const second = await start();
  assert.equal(second.line.refused, 'data_folder_in_use');
  assert.match(second.line.message ?? '', new RegExp(`process ${cold.child.pid} on `));

  await stop(cold);
  const warm = await start();
  assert.deepEqual(await remembered(warm.line.connection), ['cold']);
  t.diagnostic(`cold ${cold.line.milliseconds} ms, warm ${warm.line.milliseconds} ms`);
  await stop(warm);
});

test('after kill -9 of the server its database is taken over, without its open transactions', async () => {
  const killed = await start();
  const { connection, pid } = killed.line;
  await remember(connection, 'taken over');
  const session = await connect(connection);
  await session.query('BEGIN; LOCK TABLE memory');
  const busy = session.query('SELECT pg_sleep(60)').catch((error: Error) => error);
  await kill(killed.child);

  const next = await start();
  assert.equal(next.line.pid, pid);
  assert.match(next.line.messages.join(), /took over/);
  assert.ok((await busy) instanceof Error, 'the statement of the dead server must be ended');
  assert.deepEqual(await remembered(next.line.connection), ['cold', 'taken over']);
  await stop(next);
});

test('a leftover database that is shutting down is waited for', async () => {
  const killed = await start();
  await kill(killed.child);
  process.kill(killed.line.pid, 'SIGINT');
  const next = await start();
  assert.notEqual(next.line.pid, killed.line.pid);
  await stop(next);
});

test('after kill -9 of server and postmaster no orphan survives and no row is lost', async () => {
  const killed = await start();
  const { connection } = killed.line;
  await remember(connection, 'crashed');
  const session = await connect(connection);
  session.query('SELECT count(*) FROM generate_series(1, 1e12)').catch(() => undefined);
  await sleep(100);
  await kill(killed.child);
  process.kill(killed.line.pid, 'SIGKILL');
  await sleep(200);
  const orphans = await processesIn(cluster);
  if (process.platform === 'linux')
    assert.equal(orphans.length, 1, 'the busy backend should have outlived its postmaster');

  const next = await start();
  assert.equal(next.line.refused, undefined, next.line.message);
  for (const { pid } of orphans) assert.equal(await lookUpProcess(pid), undefined);
  assert.deepEqual(await remembered(next.line.connection), ['cold', 'crashed', 'taken over']);
  await kill(next.child);
  process.kill(next.line.pid, 'SIGKILL');
});

test('a stale postmaster.pid that names a living stranger, or a zombie, does not hinder the start', async () => {
  const stranger = await strangerPid('echo $$; exec sleep 60');
  // By the time its child ends the shell has become a sleep, which never asks how.
  const zombie = await strangerPid('sleep 0.2 & echo $!; exec sleep 60');
  while ((await lookUpProcess(Number(zombie))) !== undefined) await sleep(10);
  for (const pid of [stranger, zombie]) {
    process.kill(Number(pid), 0);
    await claimPidFile(pid);
    const started = await start();
    assert.equal(started.line.refused, undefined, started.line.message);
    assert.equal((await remembered(started.line.connection)).length, 3);
    await kill(started.child);
    process.kill(started.line.pid, 'SIGKILL');
  }
  assert.notEqual(await lookUpProcess(Number(stranger)), undefined, 'the stranger must be left alone');
});

test('a living database whose process is not visible is not started twice', async () => {
  const hidden = await start();
  await kill(hidden.child);
  await claimPidFile(String(process.pid));
  assert.equal((await start()).line.refused, 'postgres_out_of_sight');
  await claimPidFile(String(hidden.line.pid));
  const seen = await start();
  assert.equal(seen.line.pid, hidden.line.pid);
  await stop(seen);
});

test('data of another major version is refused and left as it is', async () => {
  const version = join(cluster, 'PG_VERSION');
  const ours = await readFile(version, 'utf8');
  await writeFile(version, '17\n');
  const refused = await start();
  assert.equal(refused.line.refused, 'data_folder_of_other_version');
  assert.match(refused.line.message ?? '', /PostgreSQL 17 .* 18/);
  await writeFile(version, ours);
});

test('a server killed while it made the database leaves a folder that starts', async () => {
  const data = join(base, 'interrupted');
  const postgres = join(data, 'postgres');
  const killed = launch(data);
  const begun = async () =>
    (await readdir(postgres).catch(() => [])).some((name) => name.startsWith('cluster.new-'));
  while (!(await begun())) await sleep(10);
  await sleep(200);
  await kill(killed);
  assert.ok(!(await readdir(postgres)).includes('cluster'));

  const next = await start(data);
  assert.equal(next.line.refused, undefined, next.line.message);
  assert.deepEqual((await readdir(postgres)).toSorted(), ['cluster', 'run']);

  await writeFile(pidFile, `${next.line.pid}\n`);
  assert.equal(await findPostmaster(cluster), undefined, 'the postmaster of another folder is a stranger');
  await rm(pidFile);
  await stop(next);
});

test('an ordinary user, blocked install scripts, a path too long for a socket; later root takes over', async (t) => {
  const nobody = { name: 'nobody', uid: NOBODY, gid: NOBODY, spawnAs: {} };
  if (!isRoot || !(await canReach(process.execPath, nobody))) {
    return t.skip('needs root, and a project which another user can reach');
  }
  const data = join(base, `ordinary-${'x'.repeat(100)}`);
  await mkdir(data, { mode: 0o700 });
  await chown(data, NOBODY, NOBODY);
  const project = join(base, 'project');
  await copyProject(project);
  const file = join(project, 'server/core/database/embedded/test-parent.ts');
  const ordinary = await start(data, { uid: NOBODY, gid: NOBODY, file });
  assert.equal(ordinary.line.refused, undefined, ordinary.line.message);
  const { host } = ordinary.line.connection;
  assert.match(host, /^\/tmp\/foyer-/);
  assert.equal((await stat(host)).uid, NOBODY);
  await rows(ordinary.line.connection, 'CREATE TABLE memory (word text)');
  await kill(ordinary.child);

  const root = await start(data, { file });
  assert.equal(root.line.pid, ordinary.line.pid);
  assert.equal((await stat(data)).mode & 0o777, 0o700, 'its owner needs no wider folder');
  assert.equal((await stat(join(data, 'server.lock'))).uid, NOBODY, 'the owner must still be able to lock');
  assert.deepEqual(await remembered(root.line.connection), []);
  await stop(root);
  await rm(host, { recursive: true });
});

test('a project under /root runs from a copy, and stops what runs from elsewhere', async (t) => {
  if (!isRoot) return t.skip('needs root');
  const project = await mkdtemp('/root/foyer-embedded-');
  t.after(() => rm(project, { recursive: true }));
  const native = await copyProject(project);
  const here = await start();
  await kill(here.child);

  const under = await start(folder, { file: join(project, 'server/core/database/embedded/test-parent.ts') });
  assert.equal(under.line.refused, undefined, under.line.message);
  assert.match(under.line.messages.join(), /stopping/);
  assert.match(
    (await lookUpProcess(under.line.pid))?.command ?? '',
    new RegExp(`^${folder}/postgres-binaries-`),
  );
  assert.equal((await remembered(under.line.connection)).length, 3);
  assert.ok(!(await readdir(join(native, 'lib'))).includes('libpq.so.5'), 'node_modules must stay untouched');
  await stop(under);
});
