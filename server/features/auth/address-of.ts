import type { Database } from '../../core/database/database.ts';
import { findAddress, personIdOf } from './store.ts';

type Persons = Database['persons'];

/** The person's address, and whether the person has proved that it is its own. */
export async function addressOf(
  persons: Persons,
  personId: string,
): Promise<{ email: string; verified: boolean }> {
  const found = await findAddress(persons, personId);
  if (!found) throw new Error('the person is gone');
  return found;
}

/** Whether somebody is registered with this (lower-case) address, verified or not. */
export const isRegistered = async (persons: Persons, email: string): Promise<boolean> =>
  (await personIdOf(persons, email)) !== undefined;
