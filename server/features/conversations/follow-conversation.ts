import { PAGE_LIMIT } from '#protocol/conversations.ts';
import type { Actor } from '../../core/actor.ts';
import { notFound } from '../../core/errors.ts';
import type { Connection } from '../../core/realtime/connection.ts';
import { topics } from '../../core/realtime/topics.ts';
import type { Context } from '../../context.ts';
import { loadConversations, readEntries, readEntriesBefore } from '../../unscoped/read-log.ts';
import { checkRead, conversationFor, entriesFor } from './policy.ts';

/** Further behind than this, a client is better served with the newest entries than with all it missed. */
const FAR_BEHIND = 2000;

/**
 * Makes the connection follow a conversation and brings it up to date. Subscribes first and reads second: what happens
 * in between arrives twice, and the client drops the repeat by its position. Throws `not_found`.
 */
export async function followConversation(
  context: Context,
  connection: Connection,
  actor: Actor,
  conversationId: string,
  after?: number,
): Promise<void> {
  const { db, hub } = context;
  const key = { accountId: actor.accountId, conversationId };
  const topic = topics.conversation(key.accountId, conversationId);
  const already = connection.topics.has(topic);
  hub.join(connection, topic);
  await hub.listening();
  const [stored] = await loadConversations(db, [key]);
  try {
    if (!stored) throw notFound('conversation');
    checkRead(actor, stored.conversation);
  } catch (error) {
    if (!already) hub.leave(connection, topic);
    throw error;
  }
  context.conversations.remember(stored);
  const { conversation } = stored;
  const head = conversation.lastSeq;
  hub.sawHead(topic, head);
  if (after === undefined || after > head || head - after > FAR_BEHIND) {
    const entries = await readEntriesBefore(db, key, head + 1, PAGE_LIMIT);
    connection.send({
      type: 'entries',
      conversationId,
      conversation: conversationFor(actor.kind, conversation),
      entries: entriesFor(actor.kind, entries),
      head,
    });
    return;
  }
  let position = after;
  do {
    const entries = await readEntries(db, key, position, PAGE_LIMIT);
    connection.send({ type: 'entries', conversationId, entries: entriesFor(actor.kind, entries), head });
    position = entries.at(-1)?.seq ?? head;
  } while (position < head && !connection.closed);
}
