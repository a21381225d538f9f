import type { Tx } from '../../core/database/database.ts';
import { listThread } from './store.ts';

/** What was written to this address about one thing, oldest first; what has not left yet or was given up too. */
export const mailsAbout = (
  tx: Tx,
  accountId: string,
  thread: { about: string; to: string },
): Promise<{ subject: string; replyTo: string | null }[]> => listThread(tx, accountId, thread);
