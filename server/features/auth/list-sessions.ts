import type { Sessions } from '#protocol/auth.ts';
import type { PersonActor } from '../../core/actor.ts';
import type { Context } from '../../context.ts';
import { listSessionRows } from './store.ts';

/** The person's living sessions, the last used first. */
export async function listSessions({ db }: Context, actor: PersonActor): Promise<Sessions> {
  const rows = await listSessionRows(db.persons, actor.personId);
  const sessions = rows.map(({ id, createdAt, lastUsedAt, userAgent }) => ({
    id,
    current: id === actor.sessionId,
    createdAt: createdAt.toISOString(),
    lastUsedAt: lastUsedAt.toISOString(),
    browser: userAgent || null,
  }));
  return { sessions };
}
