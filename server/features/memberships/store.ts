import type { Selectable } from 'kysely';
import type { MembershipRequest, MyRequests } from '#protocol/memberships.ts';
import type { Role } from '#protocol/operators.ts';
import type { Tx } from '../../core/database/database.ts';

type RequestsTable = {
  account_id: string;
  request_id: string;
  email: string;
  account_title: string;
  asked_by: string;
  name: string;
  handle: string;
  role: Role;
  created_at: Date;
  expires_at: Date;
};
export type RequestRow = Selectable<RequestsTable>;

declare module '../../core/database/database.ts' {
  interface Tables {
    membership_requests: RequestsTable;
  }
}

export async function insertRequest(tx: Tx, row: RequestRow): Promise<void> {
  await tx.insertInto('membership_requests').values(row).execute();
}

/** Those that have not expired, newest first. */
export async function listRequests(tx: Tx, accountId: string): Promise<MembershipRequest[]> {
  const rows = await tx
    .selectFrom('membership_requests')
    .selectAll()
    .where('account_id', '=', accountId)
    .where('expires_at', '>', new Date())
    .orderBy('created_at', 'desc')
    .orderBy('request_id')
    .execute();
  return rows.map(presentRequest);
}

/** For a transaction of the person, which sees those to its verified address. */
export async function listRequestsTo(tx: Tx, email: string): Promise<MyRequests['requests']> {
  const rows = await tx
    .selectFrom('membership_requests')
    .selectAll()
    .where('email', '=', email)
    .where('expires_at', '>', new Date())
    .orderBy('created_at', 'desc')
    .orderBy('request_id')
    .execute();
  return rows.map((row) => ({ ...present(row), account: row.account_title }));
}

/** For a transaction of the person. */
export async function findRequestTo(
  tx: Tx,
  email: string,
  requestId: string,
): Promise<RequestRow | undefined> {
  return tx
    .selectFrom('membership_requests')
    .selectAll()
    .where('email', '=', email)
    .where('request_id', '=', requestId)
    .where('expires_at', '>', new Date())
    .executeTakeFirst();
}

/** Says whether there was one. */
export async function deleteRequest(tx: Tx, accountId: string, requestId: string): Promise<boolean> {
  const result = await tx
    .deleteFrom('membership_requests')
    .where('account_id', '=', accountId)
    .where('request_id', '=', requestId)
    .executeTakeFirst();
  return result.numDeletedRows > 0n;
}

export async function deleteExpired(tx: Tx, accountId: string): Promise<void> {
  await tx
    .deleteFrom('membership_requests')
    .where('account_id', '=', accountId)
    .where('expires_at', '<=', new Date())
    .execute();
}

/** As administrators of the account see it. */
export const presentRequest = (row: RequestRow): MembershipRequest => ({ ...present(row), email: row.email });

const present = ({ request_id, name, handle, role, asked_by, created_at, expires_at }: RequestRow) => ({
  id: request_id,
  name,
  handle,
  role,
  askedBy: asked_by,
  createdAt: created_at.toISOString(),
  expiresAt: expires_at.toISOString(),
});
