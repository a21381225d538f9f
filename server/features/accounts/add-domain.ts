import type { Domain } from '#protocol/accounts.ts';
import type { Tx } from '../../core/database/database.ts';
import { Refusal } from '../../core/errors.ts';
import { insertDomain, listDomainRows, lockAccount } from './store.ts';

const MOST = 100;

/** Lets the account's chat run on that host; adding it again changes nothing. Throws `limit_reached` at 100. */
export async function addDomain(tx: Tx, accountId: string, host: string): Promise<Domain[]> {
  await lockAccount(tx, accountId);
  const before = await listDomainRows(tx, accountId);
  if (before.some((domain) => domain.host === host)) return before;
  if (before.length >= MOST) {
    throw new Refusal(
      'limit_reached',
      `An account has at most ${MOST} domains, and this one has ${before.length}. Please remove one first.`,
    );
  }
  await insertDomain(tx, accountId, host);
  return listDomainRows(tx, accountId);
}
