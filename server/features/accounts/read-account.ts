import type { Account } from '#protocol/accounts.ts';
import type { Tx } from '../../core/database/database.ts';
import { notFound } from '../../core/errors.ts';
import { findAccount } from './store.ts';

/** The account as operators see it. */
export async function accountOf(tx: Tx, accountId: string): Promise<Account> {
  const account = await findAccount(tx, accountId);
  if (!account) throw notFound('account');
  return account;
}
