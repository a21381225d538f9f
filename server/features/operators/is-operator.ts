import type { Tx } from '../../core/database/database.ts';
import { findBy } from './store.ts';

/** Whether somebody with this handle or this (lower-case) address is an operator of the account. */
export const isOperator = async (
  tx: Tx,
  accountId: string,
  who: { handle: string } | { email: string },
): Promise<boolean> => (await findBy(tx, accountId, who)) !== undefined;
