import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { PoolSettings } from '../core/database/database.ts';
import { applyMigrations, lockMigrations, readMigrations, type Migration } from '../core/database/migrate.ts';
import { StartRefused } from '../core/start-refused.ts';
import type { ArchiveReader, StoredTable } from './archive-reader.ts';
import type { Manifest } from './format.ts';
import { withProgress, type Say } from './progress.ts';

export type RestoreJob = {
  connection: PoolSettings;
  archive: ArchiveReader;
  /** Keeps the installation's secret, or throws StartRefused when it has another; called before the database commits. */
  keepSecret: (secret: string) => Promise<void>;
  say: Say;
  signal?: AbortSignal | undefined;
  /** Folder of the migrations, when they are not this build's. */
  migrations?: URL | undefined;
};

/**
 * Fills an empty database from a backup of this or an older version and brings it to this build's schema. One
 * transaction: whatever ends it leaves the database empty, and it can be run again. Throws StartRefused.
 */
export async function restoreBackup(job: RestoreJob): Promise<Manifest> {
  const { archive } = job;
  const { manifest } = archive;
  const [known, later] = splitAt(await readMigrations(job.migrations), manifest);
  const client = new pg.Client({ ...job.connection, application_name: 'foyer restore' });
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query('begin');
    await client.query(
      `select set_config(name, '0', true) from unnest(array['statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout']) name`,
    );
    await lockMigrations(client);
    await refuseUnlessEmpty(client);
    await applyMigrations(client, known);
    await fill(client, job);
    // Positions that clients hold may be of what came after the backup: in another epoch they count for nothing.
    await client.query('update installation set epoch = gen_random_uuid()');
    await applyMigrations(client, later);
    await job.keepSecret(archive.secret);
    await client.query('commit');
    await client.query('analyze');
  } finally {
    await client.end();
  }
  return manifest;
}

/** The migrations that made the backup's schema, and those that came after. */
function splitAt(known: Migration[], manifest: Manifest): [Migration[], Migration[]] {
  const names = new Set(manifest.migrations.map(({ name }) => name));
  for (const { name, checksum } of manifest.migrations) {
    if (known.some((migration) => migration.name === name && migration.checksum === checksum)) continue;
    throw new StartRefused(
      'backup_newer',
      `The backup was made by Foyer ${manifest.foyer}, whose migration ${name} this one does not have: restore it with that version or a newer one.`,
    );
  }
  return [known.filter(({ name }) => names.has(name)), known.filter(({ name }) => !names.has(name))];
}

async function refuseUnlessEmpty(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ count: number }>(
    `select count(*)::int as count from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')`,
  );
  if (rows[0]?.count === 0) return;
  throw new StartRefused(
    'not_empty',
    'There is data already, and a restore overwrites nothing: name a new folder in FOYER_DATA, or an empty database in DATABASE_URL.',
  );
}

async function fill(client: pg.Client, job: RestoreJob): Promise<void> {
  const { archive } = job;
  const names = archive.manifest.tables.map(({ name }) => `public.${client.escapeIdentifier(name)}`);
  // What migrations have put in is in the backup too. `cascade`: to tables that are not, and empty.
  await client.query(`truncate ${names.join()} cascade`);
  const { rows } = await client.query<{ name: string }>(
    `select quote_ident(relname) as name from pg_class where relnamespace = 'public'::regnamespace and relforcerowsecurity`,
  );
  // Row-level security binds the owner only while it is forced, and forbids COPY.
  for (const { name } of rows) await client.query(`alter table public.${name} no force row level security`);
  for await (const stored of archive.tables()) await fillTable(client, stored, job);
  for (const { name } of rows) await client.query(`alter table public.${name} force row level security`);
}

async function fillTable(
  client: pg.Client,
  { table, content, tally }: StoredTable,
  { say, signal }: RestoreJob,
): Promise<void> {
  const columns = table.columns.map((column) => client.escapeIdentifier(column)).join();
  const target = `public.${client.escapeIdentifier(table.name)} (${columns})`;
  // freeze: emptied in this same transaction, so nobody else can see the rows, and no later vacuum rewrites them.
  const copy = client.query(copyFrom(`copy ${target} from stdin with (freeze)`));
  await withProgress(table.name, tally, say, () =>
    signal ? pipeline(content, copy, { signal }) : pipeline(content, copy),
  );
}
