import { spawn } from 'node:child_process';
import { open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { hasCode } from '../../has-code.ts';
import { StartRefused } from '../../start-refused.ts';
import type { ChildUser } from './child-user.ts';
import type { Binaries } from './find-binaries.ts';
import { type Places, PORT } from './places.ts';
import { endProcess, lookUpProcess, processesIn } from './process-table.ts';

/** Program and arguments. On the command line no edited configuration file can undo what durability rests on. */
export function postmasterCommand(binaries: Binaries, places: Places): string[] {
  const settings = {
    cluster_name: `foyer-${binaries.version}`,
    listen_addresses: '',
    port: String(PORT),
    unix_socket_directories: `"${places.sockets.replaceAll('"', '""')}"`,
    unix_socket_permissions: '0700',
    max_connections: '60',
    shared_buffers: '128MB',
    // Works whatever the size of /dev/shm (64 MB in Docker) and survives systemd's RemoveIPC at logout.
    dynamic_shared_memory_type: 'mmap',
    fsync: 'on',
    synchronous_commit: 'on',
    full_page_writes: 'on',
    random_page_cost: '1.1',
    timezone: 'UTC',
    log_timezone: 'UTC',
    logging_collector: 'off',
  };
  const options = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  return [join(binaries.native, 'bin/postgres'), '-D', places.cluster, ...options];
}

/** The living postmaster which postmaster.pid names, if it is truly ours and not a stranger under a reused pid. */
export async function findPostmaster(cluster: string): Promise<{ pid: number; command: string } | undefined> {
  const pid = Number.parseInt((await readPidFile(cluster)) ?? '', 10);
  if (!(pid > 0)) return undefined;
  const entry = await lookUpProcess(pid);
  if (entry === undefined || !entry.command.includes('/postgres -D ')) return undefined;
  const ours =
    process.platform === 'linux'
      ? entry.workingFolder === cluster
      : entry.command.includes(`/postgres -D ${cluster} `);
  return ours ? { pid, command: entry.command } : undefined;
}

async function readPidFile(cluster: string): Promise<string | undefined> {
  try {
    return await readFile(join(cluster, 'postmaster.pid'), 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/** Fast shutdown; then immediate; then, for one that is itself stopped or stuck, kill. All three keep every commit. */
export async function stopPostmaster(pid: number): Promise<void> {
  if (await endProcess(pid, 'SIGINT', 30_000)) return;
  if (await endProcess(pid, 'SIGQUIT', 5_000)) return;
  if (await endProcess(pid, 'SIGKILL', 5_000)) return;
  throw new StartRefused(
    'postgres_does_not_stop',
    `PostgreSQL (process ${pid}) cannot be stopped: restart the machine.`,
  );
}

/** Without its postmaster a busy backend may live on and write; a new postmaster must not start beside it. */
export async function endOrphans(cluster: string): Promise<void> {
  const orphans = (await processesIn(cluster)).filter(({ command }) => command.startsWith('postgres: '));
  await Promise.all(
    orphans.map(async ({ pid }) => {
      if (!(await endProcess(pid, 'SIGQUIT', 5_000))) await endProcess(pid, 'SIGKILL', 5_000);
    }),
  );
}

/**
 * PostgreSQL does not start while the pid in its lock files lives, be it a stranger's or a zombie's. Its parent's pid
 * it takes for a reused one, and goes on to the check that matters: whether the shared memory which postmaster.pid
 * names is in use. Removing that file would skip the check; the socket's lock file leads to none.
 * (postgres/src/backend/utils/init/miscinit.c, CreateLockFile)
 */
export async function disownLockFiles({ cluster, sockets }: Places): Promise<void> {
  await rm(join(sockets, `.s.PGSQL.${PORT}.lock`), { force: true });
  const text = await readPidFile(cluster);
  if (text === undefined) return;
  const draft = join(cluster, 'postmaster.pid.foyer');
  await rm(draft, { force: true });
  // wx: the folder is the child's, and root must not follow a link laid there.
  await writeFile(draft, text.replace(/^.*/, String(process.pid)), { flag: 'wx', mode: 0o644 });
  await rename(draft, join(cluster, 'postmaster.pid'));
}

export type Spawned = { pid: number; ended: Promise<{ code: number | null; signal: string | null }> };

/** In a group of its own, so that Ctrl-C reaches only the server, which drains before it stops its database. */
export async function spawnPostmaster(
  command: string[],
  binaries: Binaries,
  places: Places,
  user: ChildUser,
): Promise<Spawned> {
  await using log = await open(places.log, 'a', 0o600);
  const [program = '', ...args] = command;
  const child = spawn(program, args, {
    cwd: places.postgres,
    detached: true,
    env: binaries.environment,
    stdio: ['ignore', log.fd, log.fd],
    ...user.spawnAs,
  });
  child.unref();
  const ended: Spawned['ended'] = new Promise((resolve) =>
    child.once('exit', (code, signal) => resolve({ code, signal })),
  );
  await new Promise((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', reject);
  });
  return { pid: child.pid as number, ended };
}
