import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { test } from 'node:test';
import { emptyDatabase } from '../../test/empty-database.ts';
import { countChanges, killAt, pauseAt } from '../../test/pause-at.ts';
import { migrate, readMigrations } from './migrate.ts';

const KILLS = 5;

/** A server that has just begun to start. */
function startMigrating(url: string): ChildProcess {
  const script = `const { migrate } = await import(${JSON.stringify(import.meta.resolve('./migrate.ts'))});
    await migrate({ connectionString: process.argv[1] });`;
  return spawn(process.execPath, ['--input-type=module', '-e', script, url], { stdio: 'inherit' });
}

/** Everything that a migration can make, as text. */
const SCHEMA = `select string_agg(line, E'\\n' order by line) as schema from (
  select format('%s.%s %s %s', c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull) as line
    from pg_attribute a join pg_class c on c.oid = a.attrelid where c.relnamespace = 'public'::regnamespace and a.attnum > 0
  union all select indexdef from pg_indexes where schemaname = 'public'
  union all select format('%s %s', conrelid::regclass, pg_get_constraintdef(oid)) from pg_constraint where connamespace = 'public'::regnamespace
  union all select format('%s %s %s %s', tablename, policyname, roles, qual) from pg_policies where schemaname = 'public'
  union all select format('%s %s %s', relname, relacl, relforcerowsecurity) from pg_class where relnamespace = 'public'::regnamespace
) everything`;

test('the real migrations, killed with -9 in the middle, leave nothing; the next start brings the whole schema', async () => {
  await using whole = await emptyDatabase();
  const changes = await countChanges(whole, () => migrate({ connectionString: whole.url }));
  const expected = await whole.query(SCHEMA);
  await using database = await emptyDatabase();
  for (let kill = 1; kill <= KILLS; kill += 1) {
    const nth = Math.max(1, Math.round((changes * kill) / KILLS));
    const pause = await pauseAt(database, nth);
    await killAt(pause, startMigrating(database.url));
  }
  const { applied } = await migrate({ connectionString: database.url });
  assert.equal(applied.length, (await readMigrations()).length, 'nothing of the killed ones was kept');
  assert.deepEqual(await database.query(SCHEMA), expected);
});
