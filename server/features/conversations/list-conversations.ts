import type { Conversation } from '#protocol/conversations.ts';
import type { Tx } from '../../core/database/database.ts';
import { listOfVisitor } from './store.ts';

/** A visitor's conversations, newest first, at most 50, whoever asks: filter with `mayRead`. */
export async function conversationsOfVisitor(
  tx: Tx,
  accountId: string,
  visitorId: string,
): Promise<Conversation[]> {
  return (await listOfVisitor(tx, accountId, visitorId)).map(({ conversation }) => conversation);
}
