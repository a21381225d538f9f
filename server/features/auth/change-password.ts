import type * as z from 'zod/mini';
import type { changePassword as schema } from '#protocol/auth.ts';
import type { PersonActor } from '../../core/actor.ts';
import { Refusal } from '../../core/errors.ts';
import type { Context } from '../../context.ts';
import { cutLines } from './end-session.ts';
import { hashPassword, verifyPassword } from './password.ts';
import { deleteOtherSessions, passwordHashOf, replacePasswordHash } from './store.ts';

/** Changes the password and ends every other session of the person. Throws `wrong_credentials`. */
export async function changePassword(
  context: Context,
  { personId, sessionId }: PersonActor,
  { current, next }: z.infer<typeof schema>,
): Promise<void> {
  const before = await passwordHashOf(context.db.persons, personId);
  if (before === undefined || !(await verifyPassword(before, current))) throw wrong();
  const after = await hashPassword(next);
  const ended = await context.db.persons.transaction().execute(async (tx) => {
    // Somebody who changed it meanwhile has made `current` wrong.
    if (!(await replacePasswordHash(tx, personId, before, after))) throw wrong();
    return deleteOtherSessions(tx, personId, sessionId);
  });
  for (const id of ended) cutLines(context, id);
}

function wrong(): Refusal {
  const sentence = 'The current password is not right.';
  return new Refusal('wrong_credentials', sentence, { fields: { current: sentence } });
}
