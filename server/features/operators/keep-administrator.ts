import type { Tx } from '../../core/database/database.ts';
import { Refusal } from '../../core/errors.ts';
import { countRows, findOperator } from './store.ts';

/**
 * Throws `conflict` when this operator is the account's last administrator. The transaction has called `nextChange`
 * before, so that no other one takes away the last but one meanwhile.
 */
export async function keepAdministrator(tx: Tx, accountId: string, operatorId: string): Promise<void> {
  const operator = await findOperator(tx, accountId, operatorId);
  if (operator?.role !== 'administrator' || (await countRows(tx, accountId, 'administrator')) > 1) return;
  const sentence = `${operator.name} is the only administrator of this account. Please make somebody else one first.`;
  throw new Refusal('conflict', sentence, { fields: { role: sentence } });
}
