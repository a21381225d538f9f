import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { startEmbedded } from '../core/database/embedded/start-embedded.ts';
import { migrate } from '../core/database/migrate.ts';
import { installJobs } from '../core/jobs/install-jobs.ts';
import { allQueues } from '../features.ts';

export const TEMPLATE = 'foyer_test_template';

/**
 * One real PostgreSQL for a whole test run, with a migrated template that every test file clones. With
 * FOYER_TEST_DATABASE_URL set (a superuser's address) that server is used instead of the embedded one.
 */
export async function startTestPostgres(): Promise<{
  env: Record<string, string>;
  stop: () => Promise<void>;
}> {
  const given = process.env['FOYER_TEST_DATABASE_URL'];
  if (given) {
    await makeTemplate(given);
    return { env: { FOYER_TEST_DATABASE_URL: given }, stop: async () => undefined };
  }
  const folder = await mkdtemp(join(tmpdir(), 'foyer-test-'));
  const postgres = await startEmbedded({ dataFolder: folder, log: () => undefined });
  const { host, port, user, database } = postgres.connection;
  const url = `postgres://${user}@localhost/${database}?host=${encodeURIComponent(host)}&port=${port}`;
  await makeTemplate(url);
  return {
    env: { FOYER_TEST_DATABASE_URL: url },
    stop: async () => {
      await postgres.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function makeTemplate(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(`drop database if exists ${TEMPLATE}`);
  await client.query(`create database ${TEMPLATE}`);
  await client.end();
  const connection = { connectionString: databaseUrl(url, TEMPLATE) };
  await migrate(connection);
  await installJobs(connection, allQueues);
}

/** The same server, another database. */
export function databaseUrl(url: string, database: string): string {
  const changed = new URL(url);
  changed.pathname = `/${database}`;
  return changed.href;
}
