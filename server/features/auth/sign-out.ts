import type { PersonActor } from '../../core/actor.ts';
import type { Context } from '../../context.ts';
import { cutLines } from './end-session.ts';
import { deleteSession } from './store.ts';

/** Ends the session that asks; returns the line that makes the browser forget it. */
export async function signOut(
  context: Context,
  { personId, sessionId }: PersonActor,
): Promise<[string, string][]> {
  await deleteSession(context.db.persons, personId, sessionId);
  cutLines(context, sessionId);
  return context.auth.forget();
}
