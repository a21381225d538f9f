import type { Chatbox } from '#protocol/chatboxes.ts';
import type { Tx } from '../../core/database/database.ts';
import { chatboxRows } from './store.ts';

/** The account's boxes, oldest first; the default one is always there. */
export const listChatboxes = (tx: Tx, accountId: string): Promise<Chatbox[]> => chatboxRows(tx, accountId);
