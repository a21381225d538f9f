import type { Tx } from '../../core/database/database.ts';
import { Refusal } from '../../core/errors.ts';
import { hasCode } from '../../core/has-code.ts';
import { hashPassword } from './password.ts';
import { insertPerson, type Person } from './store.ts';

export type NewPerson = { name: string; email: string; password: string; platformAdministrator: boolean };

/** Adds a person with a password, in the caller's transaction. Throws `conflict` when the address is in use. */
export async function createPerson(tx: Tx, { password, ...given }: NewPerson): Promise<Person> {
  const person = {
    ...given,
    id: crypto.randomUUID(),
    email: given.email.toLowerCase(),
    emailVerified: false,
  };
  const hash = await hashPassword(password);
  try {
    await insertPerson(tx, person, hash);
  } catch (error) {
    if (!hasCode(error, '23505')) throw error;
    const sentence = 'Somebody in this Foyer already uses this e-mail address. Please try again.';
    throw new Refusal('conflict', sentence, { fields: { email: sentence } });
  }
  return person;
}
