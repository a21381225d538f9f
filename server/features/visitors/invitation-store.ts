import { sql } from 'kysely';
import type { Tx } from '../../core/database/database.ts';

export type Invited = {
  invitationId: string;
  visitId: string;
  operator: { id: string; name: string };
  text: string;
};

type Row = { invitation_id: string; visit_id: string; operator_id: string; name: string; text: string };

const invited = ({ invitation_id, visit_id, operator_id, name, text }: Row): Invited => ({
  invitationId: invitation_id,
  visitId: visit_id,
  operator: { id: operator_id, name },
  text,
});

/** Stores an invitation; false when one waits at this visit already, or this one was stored before. */
export async function insertInvitation(
  tx: Tx,
  accountId: string,
  { invitationId, visitId, operator, text }: Invited,
): Promise<boolean> {
  const { numAffectedRows = 0n } =
    await sql`insert into invitations (account_id, invitation_id, visit_id, operator_id, text, at, state)
      values (${accountId}, ${invitationId}, ${visitId}, ${operator.id}, ${text}, now(), 'waiting')
      on conflict do nothing`.execute(tx);
  return numAffectedRows > 0n;
}

export async function hasInvitation(tx: Tx, accountId: string, invitationId: string): Promise<boolean> {
  const { rows } = await sql`select from invitations
    where account_id = ${accountId} and invitation_id = ${invitationId}`.execute(tx);
  return rows.length > 0;
}

/** The invitation that waits at this visit. */
export async function waitingInvitation(
  tx: Tx,
  accountId: string,
  visitId: string,
): Promise<Invited | undefined> {
  const { rows } = await sql<Row>`select i.invitation_id, i.visit_id, i.operator_id, o.name, i.text
    from invitations i join operators o using (account_id, operator_id)
    where i.account_id = ${accountId} and i.visit_id = ${visitId} and i.state = 'waiting'`.execute(tx);
  return rows[0] && invited(rows[0]);
}

/** Ends an invitation that waits; undefined when none of this name does. */
export async function endInvitation(
  tx: Tx,
  accountId: string,
  invitationId: string,
  state: 'accepted' | 'dismissed' | 'expired',
): Promise<Invited | undefined> {
  const { rows } = await sql<Row>`update invitations i set state = ${state} from operators o
    where i.account_id = ${accountId} and i.invitation_id = ${invitationId} and i.state = 'waiting'
    and o.account_id = i.account_id and o.operator_id = i.operator_id
    returning i.invitation_id, i.visit_id, i.operator_id, o.name, i.text`.execute(tx);
  return rows[0] && invited(rows[0]);
}
