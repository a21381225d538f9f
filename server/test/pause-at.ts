import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { EmptyDatabase } from './empty-database.ts';

const KEY = 4_711;

/**
 * Makes whoever changes the schema of this database stop behind its nth change (CREATE, ALTER, GRANT, ...), so that it
 * can be killed there. Answers a function that resolves, with the number of changes done, when it stands there.
 */
export async function pauseAt(database: EmptyDatabase, nth: number): Promise<Pause> {
  await database.query(`drop schema if exists pause cascade; create schema pause; create sequence pause.changes;
    grant usage on schema pause to public; grant usage on sequence pause.changes to public;
    create function pause.here() returns event_trigger language plpgsql as $$
      begin if nextval('pause.changes') = ${nth} then perform pg_advisory_xact_lock(${KEY}); end if; end $$;
    create event trigger pause on ddl_command_end execute function pause.here();`);
  const holder = new pg.Client({ connectionString: database.url });
  await holder.connect();
  await holder.query('select pg_advisory_lock($1)', [KEY]);
  return {
    reached: async () => {
      const waiting = `select 1 from pg_locks l join pg_database d on d.oid = l.database
        where locktype = 'advisory' and objid = ${KEY} and not granted and datname = current_database()`;
      while ((await database.query(waiting)).length === 0) await sleep(10);
    },
    end: async () => {
      await holder.end();
      await database.query('drop event trigger pause; drop schema pause cascade');
    },
  };
}

export type Pause = { reached: () => Promise<void>; end: () => Promise<void> };

/** Number of changes of the schema that `work` makes. */
export async function countChanges(database: EmptyDatabase, work: () => Promise<unknown>): Promise<number> {
  const pause = await pauseAt(database, -1);
  await work();
  const [row] = await database.query<{ last_value: string }>('select last_value from pause.changes');
  await pause.end();
  return Number(row?.last_value);
}

/** kill -9, as soon as it stands where `pause` stops it. */
export async function killAt(pause: Pause, child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  const ranAway = ended.then(([code]) => {
    throw new Error(`the process ended with ${code} before it was killed`);
  });
  await Promise.race([pause.reached(), ranAway]);
  ranAway.catch(() => undefined);
  child.kill('SIGKILL');
  await ended;
  await pause.end();
}
