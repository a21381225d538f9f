import type { Routing } from '#protocol/routing.ts';
import type { Tx } from '../../core/database/database.ts';
import { Refusal } from '../../core/errors.ts';
import { countDestinations } from './change-routing.ts';
import { deleteDestinations, storeUndo } from './store.ts';

/**
 * Departments are switched on or off: all destinations go and are kept for undoing (OP-11). `removes` has to say how
 * many; throws `conflict` with the sentence that does.
 */
export async function switchDepartments(
  tx: Tx,
  accountId: string,
  { departments, destinations }: Routing,
  to: 'on' | 'off',
  removes = 0,
): Promise<void> {
  const count = countDestinations(destinations);
  if (removes !== count) {
    const people = Object.keys(destinations).length;
    const sentence = `Switching departments ${to} removes ${some(count, 'destination')} of ${some(people, 'operator')}. Please confirm it.`;
    throw new Refusal('conflict', sentence, { fields: { removes: sentence } });
  }
  await storeUndo(tx, accountId, {
    departments: departments.map(({ id, name }) => ({ id, name })),
    destinations,
  });
  await deleteDestinations(tx, accountId);
}

const some = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;
