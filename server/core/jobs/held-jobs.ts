import type { Database } from '../database/database.ts';
import { SCHEMA } from './install-jobs.ts';

/** One try of a job: pg-boss counts them when it hands them out. */
export type Try = { id: string; retryCount: number };

type Db = Pick<Database, 'run'>;

/** Says that the process of this try is alive; false when the try is not the job's own any more. */
export async function signOfLife(db: Db, queue: string, { id, retryCount }: Try): Promise<boolean> {
  const { rowCount } = await db.run(
    `update ${SCHEMA}.job set heartbeat_on = now()
     where name = $1 and id = $2 and retry_count = $3 and state = 'active'`,
    [queue, id, retryCount],
  );
  return rowCount === 1;
}

/**
 * Lets the jobs of processes that give no sign of life any more be tried at once. pg-boss would let them wait as after a
 * failure, but nobody has refused them.
 */
export async function releaseJobsOfTheDead(db: Db, queues: string[], leaseMs: number): Promise<void> {
  await db.run(
    `update ${SCHEMA}.job set state = 'retry', start_after = now()
     where name = any($1) and state = 'active' and heartbeat_on < now() - make_interval(secs => $2)`,
    [queues, leaseMs / 1000],
  );
}

/** The same for those that this process has broken off, because it ends. */
export async function releaseBrokenOff(db: Db, queue: string, ids: string[]): Promise<void> {
  await db.run(
    `update ${SCHEMA}.job set start_after = now() where name = $1 and id = any($2) and state = 'retry'`,
    [queue, ids],
  );
}
