import type { Me } from '#protocol/auth.ts';
import { Refusal } from '../../core/errors.ts';
import type { Context } from '../../context.ts';
import { membershipsOf } from '../operators/memberships.ts';
import { findPerson } from './store.ts';

/** Who is signed in, and the accounts it works for. */
export async function readMe({ db }: Context, personId: string): Promise<Me> {
  const person = await findPerson(db.persons, personId);
  if (!person) throw new Refusal('not_signed_in', 'Please sign in.');
  return { person, memberships: await membershipsOf(db, personId) };
}
