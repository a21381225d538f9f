import { sql } from 'kysely';
import type { Tx } from '../../core/database/database.ts';

/** Takes an operator out of all that says who gets a visitor. */
export async function forgetOperator(tx: Tx, accountId: string, operatorId: string): Promise<void> {
  for (const table of ['destinations', 'url_rule_operators', 'offline_recipients'])
    await sql`delete from ${sql.table(table)}
      where account_id = ${accountId} and operator_id = ${operatorId}`.execute(tx);
}
