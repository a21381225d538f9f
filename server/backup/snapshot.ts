import pg from 'pg';
import { StartRefused } from '../core/start-refused.ts';
import type { PoolSettings } from '../core/database/database.ts';
import { holdMigrations, readMigrations, refuseUnknown, storedMigrations } from '../core/database/migrate.ts';
import type { Manifest, Table } from './format.ts';
import { copied } from './tables.ts';

export type Snapshot = Pick<Manifest, 'migrations' | 'tables'> & { client: pg.Client };

/**
 * A transaction that sees the whole database as it is at this moment, while others go on writing. No migration can
 * change a table until the client ends. Throws StartRefused `nothing_to_back_up` or `database_newer`.
 */
export async function openSnapshot(settings: PoolSettings): Promise<Snapshot> {
  const client = new pg.Client({ ...settings, application_name: 'foyer backup' });
  // A connection that breaks while idle would end the process; the next statement tells of it.
  client.on('error', () => undefined);
  await client.connect();
  try {
    // A table that is rewritten between the snapshot and the lock would look empty to the snapshot.
    const release = await holdMigrations(client);
    await client.query('begin isolation level repeatable read, read only');
    await client.query(
      `select set_config(name, '0', true) from unnest(array['statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout']) name`,
    );
    await client.query(
      `set local datestyle = iso; set local timezone = utc; set local intervalstyle = postgres`,
    );
    const migrations = await storedMigrations(client);
    if (migrations.length === 0) {
      throw new StartRefused('nothing_to_back_up', 'The database is empty: there is nothing to back up.');
    }
    refuseUnknown(migrations, await readMigrations());
    const tables = await readTables(client);
    await client.query(
      `lock table ${tables.map(({ name }) => `public.${name}`).join()} in access share mode`,
    );
    await release();
    // The owner is bound by row-level security too, and need not inherit what this role may see.
    await client.query('set local role foyer_unscoped');
    await refuseHiddenRows(client, tables);
    return { client, migrations, tables };
  } catch (error) {
    await client.end();
    throw error;
  }
}

/** The tables to copy that this schema has, and their columns. */
async function readTables(client: pg.Client): Promise<Table[]> {
  const { rows } = await client.query<Table>(
    `select c.relname as name, array_agg(a.attname::text order by a.attnum) as columns
     from pg_class c join pg_attribute a on a.attrelid = c.oid
     where c.relnamespace = 'public'::regnamespace and c.relname = any($1) and a.attnum > 0 and not a.attisdropped
       and a.attgenerated = '' group by c.relname`,
    [copied],
  );
  return copied.flatMap((name) => rows.find((row) => row.name === name) ?? []);
}

/** COPY leaves rows out silently where a policy hides them. */
async function refuseHiddenRows(client: pg.Client, tables: Table[]): Promise<void> {
  const { rows } = await client.query<{ relname: string }>(
    `select relname from pg_class c where relnamespace = 'public'::regnamespace and relname = any($1) and relrowsecurity
     and not exists (select from pg_policies p where p.schemaname = 'public' and p.tablename = c.relname
       and p.permissive = 'PERMISSIVE' and p.roles = '{foyer_unscoped}' and p.cmd in ('ALL', 'SELECT') and p.qual = 'true')`,
    [tables.map(({ name }) => name)],
  );
  if (rows[0]) throw new Error(`foyer_unscoped may not see every row of ${rows[0].relname}`);
}
