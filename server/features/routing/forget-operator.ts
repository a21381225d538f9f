import type { Routing } from '#protocol/routing.ts';
import type { Tx } from '../../core/database/database.ts';
import { readRouting } from './read-routing.ts';
import { deleteOperatorTraces, stampRouting } from './store.ts';

/**
 * Takes an operator out of all that says who gets a visitor, at this position of the change stream, which the caller has
 * taken already. Answers what is left.
 */
export async function forgetOperator(
  tx: Tx,
  accountId: string,
  operatorId: string,
  seq: number,
): Promise<Routing> {
  await deleteOperatorTraces(tx, accountId, operatorId);
  await stampRouting(tx, accountId, seq);
  return readRouting(tx, accountId);
}
