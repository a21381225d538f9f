import type { Unscoped } from './unscoped.ts';

/** Ends the invitations of all accounts that have waited for ten minutes; at most 1000. */
export async function expireInvitations({
  unscoped,
}: Unscoped): Promise<{ accountId: string; visitId: string }[]> {
  const text = `update invitations set state = 'expired' where state = 'waiting' and (account_id, invitation_id) in (
      select account_id, invitation_id from invitations
      where state = 'waiting' and at < now() - interval '10 minutes' order by at limit 1000)
    returning account_id as "accountId", visit_id as "visitId"`;
  const { rows } = await unscoped.query<{ accountId: string; visitId: string }>({
    name: 'expire-invitations',
    text,
  });
  return rows;
}
