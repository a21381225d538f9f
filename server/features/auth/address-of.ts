import type { Database } from '../../core/database/database.ts';
import { findPerson, personIdOf } from './store.ts';

type Persons = Database['persons'];

/** The person's address, and whether the person has proved that it is its own. */
export async function addressOf(
  persons: Persons,
  personId: string,
): Promise<{ email: string; verified: boolean }> {
  const person = await findPerson(persons, personId);
  if (!person) throw new Error('the person is gone');
  return { email: person.email, verified: person.emailVerified };
}

/** Whether somebody is registered with this (lower-case) address, verified or not. */
export const isRegistered = async (persons: Persons, email: string): Promise<boolean> =>
  (await personIdOf(persons, email)) !== undefined;
