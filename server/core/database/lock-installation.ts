import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { Logger } from '../logger.ts';
import { StartRefused } from '../start-refused.ts';
import type { PoolSettings } from './database.ts';

/** Key of the advisory lock. */
export const LOCK = 7_063_937_002;
/** A server that is just ending is waited for. */
const PATIENCE_MS = 10_000;
const AGAIN_MS = 200;
const LOOK_MS = 5000;

type Settings = {
  connection: PoolSettings;
  /** true: beside other servers that share too; false: alone. */
  shared: boolean;
  log: Logger;
  patienceMs?: number | undefined;
};

export type InstallationLock = {
  /** Resolves when another server has taken the database while this one could not hold it: this one must end. */
  lost: Promise<StartRefused>;
  release: () => Promise<void>;
};

/**
 * Decides which servers may use a database together: one alone, or several that have a broker, never a mixture. It is a
 * lock of a PostgreSQL session, so it ends with its server in whatever way that ends; when only the session breaks, it
 * is taken again. Throws StartRefused `database_in_use`.
 */
export async function lockInstallation(settings: Settings): Promise<InstallationLock> {
  const { log } = settings;
  // By this name our session is known again when only the network to it has broken.
  const name = `foyer server ${randomUUID()}`;
  const stop = new AbortController();
  const { signal } = stop;
  const { promise: lost, resolve: lose } = Promise.withResolvers<StartRefused>();
  let session = await take(settings, name, signal);

  const keep = async (): Promise<void> => {
    while (!signal.aborted) {
      await broken(session, signal);
      if (signal.aborted) return;
      log.warn('the lock on the database is lost; it is taken again');
      const again = await takeAgain();
      if (!again) return;
      session = again;
      log.info('the lock on the database is held again');
    }
  };
  const takeAgain = async (): Promise<pg.Client | undefined> => {
    while (!signal.aborted) {
      try {
        return await take(settings, name, signal);
      } catch (error) {
        if (error instanceof StartRefused) {
          lose(error);
          return undefined;
        }
        log.debug({ err: error }, 'the database is not there yet');
      }
      await sleep(AGAIN_MS, undefined, { signal }).catch(() => undefined);
    }
    return undefined;
  };
  const keeping = keep();
  return {
    lost,
    release: async () => {
      stop.abort();
      await keeping;
      await session.end();
    },
  };
}

async function take(settings: Settings, name: string, signal: AbortSignal): Promise<pg.Client> {
  const { connection, shared, log, patienceMs = PATIENCE_MS } = settings;
  const client = new pg.Client({
    ...connection,
    application_name: name,
    connectionTimeoutMillis: LOOK_MS,
    query_timeout: LOOK_MS,
    keepAlive: true,
    // So that the lock of a machine that has vanished does not stay for hours.
    options: '-c tcp_keepalives_idle=5 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3',
  });
  // An error of a session that nobody listens to would end the process.
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query(
      'select pg_terminate_backend(pid) from pg_stat_activity where application_name = $1 and pid <> pg_backend_pid()',
      [name],
    );
    const text = `select pg_try_advisory_lock${shared ? '_shared' : ''}($1) as granted`;
    const end = performance.now() + patienceMs;
    for (let waits = 0; ; waits += 1) {
      const { rows } = await client.query<{ granted: boolean }>(text, [LOCK]);
      if (rows[0]?.granted) return client;
      if (performance.now() > end || signal.aborted) throw inUse(shared);
      if (waits === 0) log.info('another server uses this database; waiting for it to end');
      await sleep(AGAIN_MS);
    }
  } catch (error) {
    await client.end();
    throw error;
  }
}

const inUse = (shared: boolean): StartRefused =>
  new StartRefused(
    'database_in_use',
    shared
      ? 'A Foyer server without FOYER_NATS_URL uses this database: stop it, or give it the same FOYER_NATS_URL.'
      : 'Another Foyer server uses this database: stop it, or give every server the same FOYER_NATS_URL so that they work together.',
  );

/** Resolves when the session has ended or does not answer any more. */
async function broken(client: pg.Client, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const ended = (): void => resolve();
  const look = setInterval(() => {
    client.query('select').catch(ended);
  }, LOOK_MS).unref();
  client.once('end', ended);
  client.once('error', ended);
  signal.addEventListener('abort', ended);
  await promise;
  clearInterval(look);
  signal.removeEventListener('abort', ended);
  if (!signal.aborted) await client.end().catch(() => undefined);
}
