import type { Chatbox } from '#protocol/chatboxes.ts';
import type { VisitorActor } from '../../core/actor.ts';
import type { Tx } from '../../core/database/database.ts';
import { notFound } from '../../core/errors.ts';
import type { Context } from '../../context.ts';
import { chatboxRows, findChatbox } from './store.ts';

/** The account's boxes, oldest first; the default one is always there. */
export const listChatboxes = (tx: Tx, accountId: string): Promise<Chatbox[]> => chatboxRows(tx, accountId);

/** Public key of the box that a visitor came through. Throws `not_found` when it has been deleted. */
export async function chatboxKey(
  { db }: Pick<Context, 'db'>,
  { accountId, chatboxId }: VisitorActor,
): Promise<string> {
  const box = await db.inAccount(accountId, (tx) => findChatbox(tx, accountId, chatboxId));
  if (!box) throw notFound('chatbox');
  return box.key;
}
