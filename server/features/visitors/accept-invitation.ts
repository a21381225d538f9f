import type { Tx } from '../../core/database/database.ts';
import { endInvitation, type Invited } from './invitation-store.ts';

/** The visitor answers: what it was invited with, once; undefined when the invitation does not wait any more. */
export const acceptInvitation = (
  tx: Tx,
  accountId: string,
  invitationId: string,
): Promise<Invited | undefined> => endInvitation(tx, accountId, invitationId, 'accepted');
