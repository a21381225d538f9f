import type { Account } from '#protocol/accounts.ts';
import type { Tx } from '../../core/database/database.ts';
import { accountOf } from './read-account.ts';

/** The account if it changed after this position of its change stream. */
export async function accountChangedAfter(
  tx: Tx,
  accountId: string,
  seq: number,
): Promise<Account | undefined> {
  const changed = await tx
    .selectFrom('accounts')
    .select('account_id')
    .where('account_id', '=', accountId)
    .where('changed_seq', '>', seq)
    .executeTakeFirst();
  return changed && accountOf(tx, accountId);
}
