import type { Tx } from '../../core/database/database.ts';
import { notFound } from '../../core/errors.ts';
import { deleteDomain } from './store.ts';

/** The account's chat stops running on that host. Throws `not_found`. */
export async function removeDomain(tx: Tx, accountId: string, host: string): Promise<void> {
  if (!(await deleteDomain(tx, accountId, host))) throw notFound('domain');
}
