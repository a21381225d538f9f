import type { Context } from '../../context.ts';
import { expireInvitations } from '../../unscoped/expire-invitations.ts';
import { endInvitation } from './invitation-store.ts';

/** The visitor wants no chat now: the operators see it, and this visit is not invited again (VI-10). */
export async function dismissInvitation(
  context: Context,
  accountId: string,
  invitationId: string,
): Promise<void> {
  const ended = await context.db.inAccount(accountId, (tx) =>
    endInvitation(tx, accountId, invitationId, 'dismissed'),
  );
  if (!ended) return;
  const { visitId, operator } = ended;
  context.openPages.invitation(accountId, visitId, { operator, state: 'dismissed' }, null);
}

/** The page of the invitation has gone. */
export async function loseInvitation(
  { db }: Pick<Context, 'db'>,
  accountId: string,
  invitationId: string,
): Promise<void> {
  await db.inAccount(accountId, (tx) => endInvitation(tx, accountId, invitationId, 'expired'));
}

/** Ends what nobody has answered for ten minutes, whoever has stored it. */
export async function expireOldInvitations({ db, openPages }: Context): Promise<void> {
  for (const { accountId, visitId } of await expireInvitations(db))
    openPages.invitation(accountId, visitId, null, null);
}
