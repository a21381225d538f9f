import type { Routing } from '#protocol/routing.ts';
import type { Tx } from '../../core/database/database.ts';
import { confirmRemoval } from './confirm-removal.ts';
import { deleteDestinations, storeUndo } from './store.ts';

/**
 * Departments are switched on or off: all destinations go and are kept for undoing (OP-11). Throws `conflict` when
 * `removes` is not how many.
 */
export async function switchDepartments(
  tx: Tx,
  accountId: string,
  { departments, destinations }: Routing,
  to: 'on' | 'off',
  removes?: number,
): Promise<void> {
  confirmRemoval(`Switching departments ${to}`, { destinations }, () => true, removes);
  await storeUndo(tx, accountId, {
    departments: departments.map(({ id, name }) => ({ id, name })),
    destinations,
  });
  await deleteDestinations(tx, accountId);
}
