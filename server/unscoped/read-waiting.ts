import type { Unscoped } from './unscoped.ts';

/** Accounts where a chat waits or is offered to others, or where an open chat's operator has no live line. */
export async function accountsThatWait({ unscoped }: Unscoped): Promise<string[]> {
  const text = `select account_id from conversations where desk is not null and channel = 'chat'
    union
    select o.account_id from (
      select distinct account_id, operator_id from conversations where state = 'open' and channel = 'chat'
    ) o where not exists (
      select from operator_sessions s join nodes n using (node_id)
      where s.account_id = o.account_id and s.operator_id = o.operator_id and n.lease_until > now()
    )`;
  const { rows } = await unscoped.query<{ account_id: string }>({ name: 'accounts-that-wait', text });
  return rows.map((row) => row.account_id);
}
