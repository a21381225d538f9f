import type { Unscoped } from './unscoped.ts';

/**
 * Accounts where a chat waits or is offered to others, or where a visitor has written last and the operator has no live
 * line, or is no operator any more. What an absent operator has answered waits for nobody, and costs nothing here.
 */
export async function accountsThatWait({ unscoped }: Unscoped): Promise<string[]> {
  const text = `select account_id from conversations where desk is not null and channel = 'chat'
    union
    select c.account_id from conversations c join operators o using (account_id, operator_id)
    where c.state = 'open' and c.channel = 'chat' and (o.deleted_at is not null
      or c.preview ->> 'from' = 'visitor' and not exists (
        select from operator_sessions s join nodes n using (node_id)
        where s.account_id = c.account_id and s.operator_id = c.operator_id and n.lease_until > now()
      ))`;
  const { rows } = await unscoped.query<{ account_id: string }>({ name: 'accounts-that-wait', text });
  return rows.map((row) => row.account_id);
}

/** Accounts with off-line messages that wait, or that somebody has. */
export async function accountsWithMessages({ unscoped }: Unscoped): Promise<string[]> {
  const text = `select distinct account_id from conversations
    where state <> 'closed' and channel = 'offline'`;
  const { rows } = await unscoped.query<{ account_id: string }>({ name: 'accounts-with-messages', text });
  return rows.map((row) => row.account_id);
}
