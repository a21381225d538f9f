import type { Context } from '../context.ts';

/** Resolves when a statement in this database waits for a lock. */
export async function untilSomebodyWaits({ db }: Context): Promise<void> {
  const text = `select from pg_locks join pg_stat_activity using (pid)
    where not granted and datname = current_database()`;
  while ((await db.unscoped.query(text)).rows.length === 0)
    await new Promise((resolve) => setTimeout(resolve, 5));
}
