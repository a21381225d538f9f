import type { Operator } from '#protocol/operators.ts';
import type { Tx } from '../../core/database/database.ts';
import { listOperators } from './store.ts';

/** The operators that changed after this position of the account's change stream; -1: all. */
export const operatorsChangedAfter = (tx: Tx, accountId: string, seq: number): Promise<Operator[]> =>
  listOperators(tx, accountId, seq);
