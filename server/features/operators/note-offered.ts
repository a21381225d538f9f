import { sql } from 'kysely';
import type { Tx } from '../../core/database/database.ts';

/** These operators are rung alone now: it is the others' turn next. */
export async function noteOffered(tx: Tx, accountId: string, operatorIds: string[]): Promise<void> {
  await sql`update operators set offered_at = now()
    where account_id = ${accountId} and operator_id = any(${operatorIds}::uuid[])`.execute(tx);
}
