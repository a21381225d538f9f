import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { hasCode } from '../has-code.ts';
import { StartRefused } from '../start-refused.ts';
import type { PoolSettings } from './database.ts';

/** As it stands in the table `migrations`. */
export type Applied = { name: string; checksum: string };
export type Migration = Applied & { text: string };

const folder = new URL('../../migrations/', import.meta.url);
const LOCK = 7_063_937_001;

/** A statement that waits for a lock makes everybody wait who comes after it, so it gives up soon and tries again. */
const LOCK_TIMEOUT = '2s';
const LOCK_NOT_AVAILABLE = '55P03';
const PAUSE_MS = 1000;
const ATTEMPTS = 40;

/** The migrations of this build, in order. */
export async function readMigrations(from: URL = folder): Promise<Migration[]> {
  const names = (await readdir(from)).filter((name) => /^\d{4}-[a-z0-9-]+\.sql$/.test(name)).sort();
  return Promise.all(
    names.map(async (name) => {
      const text = await readFile(new URL(name, from), 'utf8');
      return { name, text, checksum: createHash('sha256').update(text).digest('hex') };
    }),
  );
}

/**
 * Brings the database to this build's schema, as the owner, in one transaction under an advisory lock, so that a kill
 * leaves it as it was and two starters wait for each other. Throws StartRefused `database_newer` when it has
 * migrations that this build does not know, `migration_changed` when a stored one differs, `database_busy` when
 * somebody holds a table for minutes.
 */
export async function migrate(settings: PoolSettings, from: URL = folder): Promise<{ applied: string[] }> {
  const migrations = await readMigrations(from);
  for (let attempt = 1; ; attempt += 1) {
    try {
      return { applied: await tryToMigrate(settings, migrations) };
    } catch (error) {
      if (!hasCode(error, LOCK_NOT_AVAILABLE)) throw error;
      if (attempt === ATTEMPTS) {
        throw new StartRefused(
          'database_busy',
          'The schema cannot be upgraded while somebody else holds its tables (a backup, another program): end that, and start Foyer again.',
          { cause: error },
        );
      }
    }
    await sleep(PAUSE_MS);
  }
}

async function tryToMigrate(settings: PoolSettings, migrations: Migration[]): Promise<string[]> {
  const client = new pg.Client({ ...settings, application_name: 'foyer migrate' });
  await client.connect();
  try {
    await client.query('begin');
    await lockMigrations(client);
    await client.query(`set local lock_timeout = '${LOCK_TIMEOUT}'`);
    const stored = await storedMigrations(client);
    refuseUnknown(stored, migrations);
    const done = new Set(stored.map(({ name }) => name));
    const applied = await applyMigrations(
      client,
      migrations.filter(({ name }) => !done.has(name)),
    );
    await client.query('commit');
    return applied;
  } finally {
    await client.end();
  }
}

/** What has run on this database; none on an empty one. */
export async function storedMigrations(client: pg.Client): Promise<Applied[]> {
  const { rows } = await client.query<{ exists: boolean }>(
    `select to_regclass('public.migrations') is not null as exists`,
  );
  if (!rows[0]?.exists) return [];
  return (await client.query<Applied>('select name, checksum from migrations order by name')).rows;
}

/** Runs these in the caller's transaction. */
export async function applyMigrations(client: pg.Client, migrations: Migration[]): Promise<string[]> {
  await client.query(
    'create table if not exists migrations (name text primary key, checksum text not null, applied_at timestamptz not null default now())',
  );
  for (const { name, text, checksum } of migrations) {
    await client.query(text);
    await client.query('insert into migrations (name, checksum) values ($1, $2)', [name, checksum]);
  }
  return migrations.map(({ name }) => name);
}

/** Until the end of the transaction every other server that starts waits here. */
export async function lockMigrations(client: pg.Client): Promise<void> {
  await client.query('select pg_advisory_xact_lock($1)', [LOCK]);
}

/** Keeps servers that start from changing the schema until the function that it answers is called. */
export async function holdMigrations(client: pg.Client): Promise<() => Promise<void>> {
  await client.query('select pg_advisory_lock_shared($1)', [LOCK]);
  return async () => void (await client.query('select pg_advisory_unlock_shared($1)', [LOCK]));
}

/** Throws StartRefused `database_newer` or `migration_changed` unless all that is stored is known here. */
export function refuseUnknown(stored: Applied[], known: Migration[]): void {
  for (const { name, checksum } of stored) {
    const mine = known.find((migration) => migration.name === name);
    if (!mine) {
      throw new StartRefused(
        'database_newer',
        `The database was already used by a newer Foyer (it has ${name}). Start that version or a newer one.`,
      );
    }
    if (mine.checksum !== checksum) {
      throw new StartRefused(
        'migration_changed',
        `Migration ${name} differs from the one that made this database.`,
      );
    }
  }
}
