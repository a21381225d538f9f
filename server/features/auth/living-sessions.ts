import type { Database } from '../../core/database/database.ts';
import { livingSessionIds } from './store.ts';

/** Those of the sessions that have not ended. */
export const livingSessions = async ({ persons }: Database, sessionIds: string[]): Promise<Set<string>> =>
  new Set(await livingSessionIds(persons, sessionIds));
