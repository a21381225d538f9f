import { sql } from 'kysely';
import type { Tx } from '../../core/database/database.ts';

/** How many chats this operator may have open at once (OP-14): its own limit, else the account's; null: no limit. */
export async function capacityOf(tx: Tx, accountId: string, operatorId: string): Promise<number | null> {
  const { rows } = await sql<{ capacity: number | null }>`
    select coalesce(o.capacity, (s.settings ->> 'capacity')::int) as capacity
    from operators o left join routing_settings s using (account_id)
    where o.account_id = ${accountId} and o.operator_id = ${operatorId} and o.deleted_at is null`.execute(tx);
  const [row] = rows;
  return row ? row.capacity : 0;
}
