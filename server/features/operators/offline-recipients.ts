import { sql } from 'kysely';
import type { Tx } from '../../core/database/database.ts';

/**
 * OP-08: who gets the account's off-line messages by e-mail. With nobody chosen, or nobody of them there any more, the
 * owner: the administrator who has been there longest.
 */
export async function offlineRecipients(
  tx: Tx,
  accountId: string,
): Promise<{ name: string; address: string }[]> {
  const { rows } = await sql<{ name: string; address: string }>`
    with there as (
      select operator_id, name, role, created_at, person_id from operators
      where account_id = ${accountId} and deleted_at is null
    ), chosen as (
      select there.* from there join offline_recipients r using (operator_id) where r.account_id = ${accountId}
    ), owner as (
      select * from there where role = 'administrator' order by created_at, operator_id limit 1
    ), receiving as (
      select * from chosen union all select * from owner where not exists (select from chosen)
    )
    select receiving.name, persons.email as address from receiving join persons on persons.id = receiving.person_id
    order by receiving.created_at, receiving.operator_id`.execute(tx);
  return rows;
}
