import type { Generated } from 'kysely';
import type { Account, Domain } from '#protocol/accounts.ts';
import type { Tx } from '../../core/database/database.ts';

type AccountsTable = {
  account_id: string;
  name: string;
  title: string;
  language: string;
  identity_secret: string;
  created_at: Date;
  changed_seq: Generated<number>;
};
type DomainsTable = { account_id: string; host: string; created_at: Date; last_seen_at: Date | null };

declare module '../../core/database/database.ts' {
  interface Tables {
    accounts: AccountsTable;
    account_streams: { account_id: string; seq: Generated<number> };
    domains: DomainsTable;
  }
}

export async function insertAccount(tx: Tx, row: Omit<AccountsTable, 'changed_seq'>): Promise<void> {
  await tx.insertInto('accounts').values(row).execute();
  await tx.insertInto('account_streams').values({ account_id: row.account_id }).execute();
}

const columns = ['account_id as id', 'name', 'title', 'language', 'created_at'] as const;

export async function findAccount(tx: Tx, accountId: string): Promise<Account | undefined> {
  const row = await tx
    .selectFrom('accounts')
    .select(columns)
    .where('account_id', '=', accountId)
    .executeTakeFirst();
  return row && presentAccount(row);
}

export async function updateAccount(
  tx: Tx,
  accountId: string,
  change: { title?: string | undefined; language?: string | undefined },
  changedSeq: number,
): Promise<Account> {
  const row = await tx
    .updateTable('accounts')
    .set({ ...change, changed_seq: changedSeq })
    .where('account_id', '=', accountId)
    .returning(columns)
    .executeTakeFirstOrThrow();
  return presentAccount(row);
}

const presentAccount = ({
  created_at,
  ...rest
}: Omit<Account, 'createdAt'> & { created_at: Date }): Account => ({
  ...rest,
  createdAt: created_at.toISOString(),
});

export async function listDomainRows(tx: Tx, accountId: string): Promise<Domain[]> {
  const rows = await tx
    .selectFrom('domains')
    .select(['host', 'created_at', 'last_seen_at'])
    .where('account_id', '=', accountId)
    .orderBy('created_at')
    .orderBy('host')
    .execute();
  return rows.map(({ host, created_at, last_seen_at }) => ({
    host,
    createdAt: created_at.toISOString(),
    lastSeenAt: last_seen_at?.toISOString() ?? null,
  }));
}

/** Locks the account's row, so that what is counted next stays so until the commit. */
export async function lockAccount(tx: Tx, accountId: string): Promise<void> {
  await tx
    .selectFrom('accounts')
    .select('account_id')
    .where('account_id', '=', accountId)
    .forUpdate()
    .execute();
}

export async function insertDomain(tx: Tx, accountId: string, host: string): Promise<void> {
  await tx
    .insertInto('domains')
    .values({ account_id: accountId, host, created_at: new Date(), last_seen_at: null })
    .execute();
}

/** Says whether there was one. */
export async function deleteDomain(tx: Tx, accountId: string, host: string): Promise<boolean> {
  const result = await tx
    .deleteFrom('domains')
    .where('account_id', '=', accountId)
    .where('host', '=', host)
    .executeTakeFirst();
  return result.numDeletedRows > 0n;
}
