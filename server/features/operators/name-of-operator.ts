import type { Tx } from '../../core/database/database.ts';
import { findOperator } from './store.ts';

/** The display name of an operator of this account who is still there. */
export async function nameOfOperator(
  tx: Tx,
  accountId: string,
  operatorId: string,
): Promise<string | undefined> {
  return (await findOperator(tx, accountId, operatorId))?.name;
}
