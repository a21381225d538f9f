import pg from 'pg';
import { PgBoss } from 'pg-boss';
import type { PoolSettings } from '../database/database.ts';
import type { Queue } from './queue.ts';

export const SCHEMA = 'pgboss';

/** Key of the lock under which servers that start at once install one after another. */
const LOCK = 4_201_202;

/** Longest time of one try; then it is broken off. */
const TRY_SECONDS = 1800;

/**
 * Brings the schema of the jobs to this build's version as the owner of the database, makes the queues, and lets
 * `foyer_app` work there. It holds nothing that the rows of Foyer do not say too, so it is no part of the migrations
 * nor of a backup (docs/decisions/0006).
 */
export async function installJobs(settings: PoolSettings, queues: readonly Queue[]): Promise<void> {
  const client = new pg.Client({ ...settings, application_name: 'foyer install jobs' });
  await client.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [LOCK]);
    const db = { executeSql: (text: string, values?: unknown[]) => client.query(text, values) };
    const boss = new PgBoss({ db, schema: SCHEMA, supervise: false, schedule: false });
    await boss.start();
    for (const { name, retry } of queues) {
      const options = {
        retryLimit: retry.times,
        retryDelay: retry.first,
        retryBackoff: true,
        retryDelayMax: retry.longest,
        expireInSeconds: TRY_SECONDS,
        retentionSeconds: 3650 * 86_400,
        deleteAfterSeconds: 3600,
      };
      // `exclusive`: of jobs with one key only one waits or runs.
      await boss.createQueue(name, { ...options, policy: 'exclusive' });
      // Who is dead is found by held-jobs.ts, sooner than pg-boss would.
      await boss.updateQueue(name, { ...options, heartbeatSeconds: null });
    }
    await boss.stop({ graceful: false });
    await client.query(`grant usage on schema ${SCHEMA} to foyer_app`);
    await client.query(`grant select, insert, update, delete on all tables in schema ${SCHEMA} to foyer_app`);
  } finally {
    await client.end();
  }
}
