import type { PersonActor } from '../../core/actor.ts';
import { notFound } from '../../core/errors.ts';
import type { Context } from '../../context.ts';
import { endMembership } from '../operators/end-membership.ts';
import { membershipOf } from '../operators/memberships.ts';

/** Ends one of the person's own memberships (OC-19). Throws `not_found`, and `conflict` for the last administrator. */
export async function leaveAccount(
  context: Context,
  { personId }: PersonActor,
  operatorId: string,
): Promise<void> {
  const membership = await membershipOf(context.db, personId, operatorId);
  if (!membership) throw notFound('membership');
  await endMembership(context, membership.accountId, operatorId);
}
