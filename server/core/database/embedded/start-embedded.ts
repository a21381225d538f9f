import { open, realpath } from 'node:fs/promises';

import { StartRefused } from '../../start-refused.ts';
import { awaitReady, type Connection, endLeftoverSessions, isAnswering } from './await-ready.ts';
import { boundLog, sizeOf } from './bound-log.ts';
import { chooseChildUser, type ChildUser, explainBarred } from './child-user.ts';
import { ensureCluster, SUPERUSER } from './cluster.ts';
import { type Binaries, findBinaries } from './find-binaries.ts';
import { type Places, placesIn, PORT, preparePlaces } from './places.ts';
import {
  disownLockFiles,
  endOrphans,
  findPostmaster,
  postmasterCommand,
  type Spawned,
  spawnPostmaster,
  stopPostmaster,
} from './postmaster.ts';
import { lookUpProcess } from './process-table.ts';

const LOG_CHECK_MS = 10 * 60_000;
const LEFTOVER_SILENCE_MS = 10_000;
const NEW_SILENCE_MS = 60_000;

export type EmbeddedPostgres = {
  /** libpq-style settings for `pg`: unix socket directory, superuser name, database 'foyer' (created if missing). */
  connection: Connection;
  /** Fast shutdown; resolves when the postmaster has ended. */
  stop: () => Promise<void>;
  pid: number;
};

export type EmbeddedOptions = {
  dataFolder: string;
  log: (message: string, fields?: Record<string, unknown>) => void;
};

/**
 * Starts the PostgreSQL that comes with Foyer in `<dataFolder>/postgres`, or takes over the one which a killed server
 * left running. The caller holds the lock of the data folder. Throws StartRefused with a code and one sentence that
 * tells what to do: no binaries for this platform, data of another major version, ...
 */
export async function startEmbedded({ dataFolder, log }: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const folder = await realpath(dataFolder);
  const user = await chooseChildUser(placesIn(folder).postgres);
  try {
    return await startAs(user, folder, log);
  } catch (error) {
    throw explainBarred(error, user);
  }
}

/** Where a server that runs on this data folder has its database. */
export async function embeddedAddress(dataFolder: string): Promise<Connection> {
  return addressOf(placesIn(await realpath(dataFolder)));
}

const addressOf = ({ sockets }: Places): Connection => ({
  host: sockets,
  port: PORT,
  user: SUPERUSER,
  database: 'foyer',
});

type Log = EmbeddedOptions['log'];

async function startAs(user: ChildUser, folder: string, log: Log): Promise<EmbeddedPostgres> {
  const places = placesIn(folder);
  const binaries = await findBinaries(folder, user);
  await preparePlaces(folder, places, user);
  await ensureCluster(places, binaries, user);
  await boundLog(places.log);

  const connection = addressOf(places);
  const command = postmasterCommand(binaries, places);
  const pid =
    (await takeOverLeftover(places, command, connection, log)) ??
    (await startNew(places, command, binaries, user, connection, log));

  const logCheck = setInterval(() => {
    boundLog(places.log).catch((error: unknown) => log('cannot bound the log of postgres', { error }));
  }, LOG_CHECK_MS).unref();
  const stopOnce = async (): Promise<void> => {
    clearInterval(logCheck);
    // Looked up anew: should it have ended by itself, its pid may be a stranger's by now.
    const running = await findPostmaster(places.cluster);
    if (running?.pid === pid) await stopPostmaster(pid);
  };
  let stopped: Promise<void> | undefined;
  return { connection, pid, stop: () => (stopped ??= stopOnce()) };
}

/** The pid of the leftover if it runs with exactly our command and answers; any other leftover is stopped. */
async function takeOverLeftover(
  places: Places,
  command: string[],
  connection: Connection,
  log: Log,
): Promise<number | undefined> {
  const leftover = await findPostmaster(places.cluster);
  if (leftover === undefined) return undefined;
  const { pid } = leftover;
  if (leftover.command === command.join(' ')) {
    const isAlive = async (): Promise<boolean> => (await lookUpProcess(pid)) !== undefined;
    if ((await awaitReady(connection, isAlive, LEFTOVER_SILENCE_MS)) === 'ready') {
      await endLeftoverSessions(connection);
      log('took over the postgres of an earlier server', { pid });
      return pid;
    }
  }
  log('stopping the postgres of an earlier server', { pid });
  await stopPostmaster(pid);
  return undefined;
}

async function startNew(
  places: Places,
  command: string[],
  binaries: Binaries,
  user: ChildUser,
  connection: Connection,
  log: Log,
): Promise<number> {
  if (await isAnswering(connection)) {
    throw new StartRefused(
      'postgres_out_of_sight',
      `A PostgreSQL that is not visible from here, perhaps in another container, runs on ${places.cluster}: stop it first.`,
    );
  }
  await endOrphans(places.cluster);
  await disownLockFiles(places);
  const logStart = await sizeOf(places.log);
  const spawned = await spawnPostmaster(command, binaries, places, user);
  const isAlive = watch(spawned);
  const outcome = await awaitReady(connection, isAlive, NEW_SILENCE_MS);
  if (outcome === 'ready') {
    void spawned.ended.then((how) => log('postgres has ended', how));
    return spawned.pid;
  }
  if (outcome === 'silent') await stopPostmaster(spawned.pid);
  throw await startFailed(places, logStart);
}

function watch(spawned: Spawned): () => Promise<boolean> {
  let alive = true;
  void spawned.ended.then(() => (alive = false));
  return async () => alive;
}

async function startFailed(places: Places, logStart: number): Promise<StartRefused> {
  const tail = await readFrom(places.log, logStart);
  if (tail.includes('pre-existing shared memory block')) {
    return new StartRefused(
      'postgres_still_running',
      `Processes of an earlier PostgreSQL still use ${places.cluster}: end them, or wait a moment and start again.`,
    );
  }
  const reason = tail.split('\n').findLast((line) => /FATAL|PANIC|error/.test(line));
  return new StartRefused(
    'postgres_failed',
    `PostgreSQL did not start: ${reason ?? 'no reason given'} (${places.log})`,
  );
}

async function readFrom(path: string, position: number): Promise<string> {
  await using file = await open(path, 'r');
  const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(65_536), position });
  return buffer.toString('utf8', 0, bytesRead);
}
