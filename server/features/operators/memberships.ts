import type { Me } from '#protocol/auth.ts';
import type { Role } from '#protocol/operators.ts';
import type { Database } from '../../core/database/database.ts';
import { findMembership, listMembershipRows } from './store.ts';

/** The accounts a person works for, by title. */
export async function membershipsOf(db: Database, personId: string): Promise<Me['memberships']> {
  const rows = await db.asPerson(personId, (tx) => listMembershipRows(tx, personId));
  return rows.map(({ operatorId, handle, name, role, accountId, accountName, title }) => ({
    operatorId,
    handle,
    name,
    role,
    account: { id: accountId, name: accountName, title },
  }));
}

export type Membership = { accountId: string; role: Role; name: string; signedOutAt: Date | null };

/** The membership that this operator is, if it is this person's. */
export const membershipOf = (
  db: Database,
  personId: string,
  operatorId: string,
): Promise<Membership | undefined> => db.asPerson(personId, (tx) => findMembership(tx, personId, operatorId));
