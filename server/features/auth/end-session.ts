import type { PersonActor } from '../../core/actor.ts';
import { notFound } from '../../core/errors.ts';
import { topics } from '../../core/realtime/topics.ts';
import type { Context } from '../../context.ts';
import { deleteSession } from './store.ts';

/** Ends one of the person's own sessions and cuts its open lines. Throws `not_found`. */
export async function endSession(
  context: Context,
  { personId }: PersonActor,
  sessionId: string,
): Promise<void> {
  if (!(await deleteSession(context.db.persons, personId, sessionId))) throw notFound('session');
  cutLines(context, sessionId);
}

/** Call it after the commit that ended the session. */
export function cutLines({ hub }: Pick<Context, 'hub'>, sessionId: string): void {
  hub.publish({ topic: topics.session(sessionId), event: { type: 'ended' } });
}
