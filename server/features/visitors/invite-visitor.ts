import type { OperatorActor } from '../../core/actor.ts';
import { Refusal } from '../../core/errors.ts';
import type { Context } from '../../context.ts';
import { hasInvitation, insertInvitation, waitingInvitation } from './invitation-store.ts';

type Invite = { ref: string; visitId: string; text: string };

/**
 * Shows an invitation on the page of a visitor who has not written (VI-10). Of two operators at once one succeeds: the
 * index on what waits decides, and the other is refused with `taken` and the first one's name. A repeat of the same
 * `ref` invites once. Throws `not_found`, `conflict`, `taken`.
 */
export async function inviteVisitor(
  context: Context,
  actor: OperatorActor,
  { ref, visitId, text }: Invite,
): Promise<void> {
  const { accountId, operatorId } = actor;
  const operator = { id: operatorId, name: actor.name };
  const invitationId = ref.toLowerCase();
  const stored = await context.db.inAccount(accountId, async (tx) => {
    if (await hasInvitation(tx, accountId, invitationId)) return false;
    checkInvitable(context, actor, visitId);
    if (await insertInvitation(tx, accountId, { invitationId, visitId, operator, text })) return true;
    const other = await waitingInvitation(tx, accountId, visitId);
    // The same command, said again while the first was being stored.
    if (other?.invitationId === invitationId) return false;
    throw invitedBy(other?.operator.name);
  });
  if (!stored) return;
  const offer = { id: invitationId, operator: actor.name, text };
  context.openPages.invitation(accountId, visitId, { operator, state: 'waiting' }, offer);
}

function checkInvitable({ openPages }: Context, { accountId }: OperatorActor, visitId: string): void {
  const visit = openPages.find(accountId, visitId)?.visit;
  if (!visit) throw new Refusal('not_found', 'This visitor is not on the site any more.');
  const { conversation, invitation } = visit;
  if (conversation) {
    const who = conversation.operator ? `chats with ${conversation.operator.name}` : 'waits for an answer';
    throw new Refusal('conflict', `This visitor already ${who}.`);
  }
  if (invitation?.state === 'waiting') throw invitedBy(invitation.operator.name);
  if (invitation) throw new Refusal('conflict', 'This visitor has dismissed an invitation.');
}

const invitedBy = (name = 'A colleague'): Refusal =>
  new Refusal('taken', `${name} has invited this visitor already.`);
