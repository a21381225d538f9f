import type { Tx } from '../../core/database/database.ts';
import { countRows } from './store.ts';

/** How many operators the account has; those that were deleted do not count (OP-05). */
export const countOperators = (tx: Tx, accountId: string): Promise<number> => countRows(tx, accountId);
