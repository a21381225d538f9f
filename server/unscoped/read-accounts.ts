import type { Role, Status } from '#protocol/operators.ts';
import type { Unscoped } from './unscoped.ts';

type PresenceRow = { accountId: string; operatorId: string; status: Status; present: boolean; busy: boolean };

/**
 * Chosen status of every operator of these accounts, whether a live line stands behind it, and whether it has as many
 * chats as it may have. An account without departments is not asked the last: nobody is shown it.
 */
export async function readPresence({ unscoped }: Unscoped, accountIds: string[]): Promise<PresenceRow[]> {
  const text = `select o.account_id as "accountId", o.operator_id as "operatorId", o.status, exists (
      select from operator_sessions s join nodes n using (node_id)
      where s.account_id = o.account_id and s.operator_id = o.operator_id and n.lease_until > now()
    ) as present, case when l.most is null then false else l.most <= (
      select count(*) from conversations c where c.account_id = o.account_id and c.operator_id = o.operator_id
      and c.state = 'open' and c.channel = 'chat'
    ) end as busy
    from operators o left join routing_settings s using (account_id) cross join lateral (
      select case when exists (select from departments d where d.account_id = o.account_id)
        then coalesce(o.capacity, (s.settings ->> 'capacity')::int) end as most
    ) l
    where o.account_id = any($1::uuid[]) and o.deleted_at is null order by 1, 2`;
  const { rows } = await unscoped.query<PresenceRow>({ name: 'read-presence', text, values: [accountIds] });
  return rows;
}

export type MembershipKey = { accountId: string; operatorId: string };

/** What each of these memberships is now; `role` null: it has ended. */
export async function readMemberships(
  { unscoped }: Unscoped,
  keys: MembershipKey[],
): Promise<(MembershipKey & { role: Role | null; name: string; signedOutAt: string | null })[]> {
  const text = `select o.account_id as "accountId", o.operator_id as "operatorId", o.name,
      case when o.deleted_at is null then o.role end as role, o.signed_out_at as "signedOutAt"
    from unnest($1::uuid[], $2::uuid[]) k (account_id, operator_id) join operators o using (account_id, operator_id)`;
  const { rows } = await unscoped.query<
    MembershipKey & { role: Role | null; name: string; signedOutAt: Date | null }
  >({
    name: 'read-memberships',
    text,
    values: [keys.map(({ accountId }) => accountId), keys.map(({ operatorId }) => operatorId)],
  });
  return rows.map((row) => ({ ...row, signedOutAt: row.signedOutAt?.toISOString() ?? null }));
}

/** Names this history of the data. */
export async function readEpoch({ unscoped }: Unscoped): Promise<string | undefined> {
  const { rows } = await unscoped.query<{ epoch: string }>('select epoch from installation');
  return rows[0]?.epoch;
}

// ---- from a credential or a public name to its account -----------------------------------------------------

export async function accountIdOfChatbox(
  { unscoped }: Unscoped,
  key: string,
): Promise<{ accountId: string; chatboxId: string } | undefined> {
  const text = 'select account_id, chatbox_id from chatboxes where key = $1';
  const { rows } = await unscoped.query<{ account_id: string; chatbox_id: string }>({
    name: 'chatbox-by-key',
    text,
    values: [key],
  });
  return rows[0] && { accountId: rows[0].account_id, chatboxId: rows[0].chatbox_id };
}

/** E-mail address with which the person behind an account name and handle signs in (OC-01). */
export async function emailOfOperator(
  { unscoped }: Unscoped,
  accountName: string,
  handle: string,
): Promise<string | undefined> {
  const text = `select p.email from accounts a join operators o using (account_id) join persons p on p.id = o.person_id
    where a.name = $1 and o.handle = $2 and o.deleted_at is null`;
  const { rows } = await unscoped.query<{ email: string }>({
    name: 'email-of-operator',
    text,
    values: [accountName, handle],
  });
  return rows[0]?.email;
}
