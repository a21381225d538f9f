import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import pg from 'pg';
import { StartRefused } from '../start-refused.ts';
import type { PoolSettings } from './database.ts';

type Migration = { name: string; text: string; checksum: string };

const folder = new URL('../../migrations/', import.meta.url);
const LOCK = 7_063_937_001;

/** The migrations of this build, in order. */
async function readMigrations(from: URL): Promise<Migration[]> {
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
 * migrations that this build does not know, `migration_changed` when a stored one differs.
 */
export async function migrate(settings: PoolSettings, from: URL = folder): Promise<{ applied: string[] }> {
  const migrations = await readMigrations(from);
  const client = new pg.Client({ ...settings, application_name: 'foyer migrate' });
  await client.connect();
  try {
    await client.query('begin');
    await client.query('select pg_advisory_xact_lock($1)', [LOCK]);
    await client.query(
      'create table if not exists migrations (name text primary key, checksum text not null, applied_at timestamptz not null default now())',
    );
    const { rows } = await client.query<{ name: string; checksum: string }>(
      'select name, checksum from migrations order by name',
    );
    refuseUnknown(rows, migrations);
    const done = new Set(rows.map((row) => row.name));
    const applied: string[] = [];
    for (const { name, text, checksum } of migrations) {
      if (done.has(name)) continue;
      await client.query(text);
      await client.query('insert into migrations (name, checksum) values ($1, $2)', [name, checksum]);
      applied.push(name);
    }
    await client.query('commit');
    return { applied };
  } finally {
    await client.end();
  }
}

function refuseUnknown(stored: { name: string; checksum: string }[], known: Migration[]): void {
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
