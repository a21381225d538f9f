import type { Operator } from '#protocol/operators.ts';
import type { Tx } from '../../core/database/database.ts';
import { listChangedOperators, listOperators } from './store.ts';

/** What became of the operators after this position of the account's change stream; -1: all that are there. */
export async function operatorsChangedAfter(
  tx: Tx,
  accountId: string,
  seq: number,
): Promise<{ operators: Operator[]; removedOperators: string[] }> {
  if (seq < 0) return { operators: await listOperators(tx, accountId), removedOperators: [] };
  const rows = await listChangedOperators(tx, accountId, seq);
  return {
    operators: rows.filter(({ deleted }) => !deleted).map(({ deleted: _, ...operator }) => operator),
    removedOperators: rows.filter(({ deleted }) => deleted).map(({ id }) => id),
  };
}
