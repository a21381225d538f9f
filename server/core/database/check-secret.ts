import { sql } from 'kysely';
import { StartRefused } from '../start-refused.ts';
import type { Database } from './database.ts';

/**
 * Servers that share a database must sign with one secret, or what one has signed is nothing to the other. `check` is a
 * one-way value of the secret. A server alone may change it; one beside others keeps to the first. Throws StartRefused
 * `secret_differs`.
 */
export async function checkSecret({ persons }: Database, check: string, shared: boolean): Promise<void> {
  const { rows } = await sql<{ secret_check: string }>`
    update installation set secret_check = case when ${shared} then coalesce(secret_check, ${check}) else ${check} end
    returning secret_check`.execute(persons);
  if (rows[0]?.secret_check === check) return;
  throw new StartRefused(
    'secret_differs',
    'FOYER_SECRET is not the one that this installation uses, so visits and sessions of the other servers would not be valid here: set the same one. To change it, stop all servers and start one of them once without FOYER_NATS_URL.',
  );
}
