import type { MembershipRequest } from '#protocol/memberships.ts';
import type { OperatorActor } from '../../core/actor.ts';
import type { Context } from '../../context.ts';
import { listRequests as listRows } from './store.ts';

/** Who was asked to join the actor's account and has not answered, newest first. */
export const listRequests = ({ db }: Context, { accountId }: OperatorActor): Promise<MembershipRequest[]> =>
  db.inAccount(accountId, (tx) => listRows(tx, accountId));
