import type { Chatbox, ChatboxSettings } from '#protocol/chatboxes.ts';
import type { OperatorActor } from '../../core/actor.ts';
import { notFound } from '../../core/errors.ts';
import type { Context } from '../../context.ts';
import { findChatbox, updateChatbox } from './store.ts';

type Undefinable<T> = { [K in keyof T]?: T[K] | undefined };
type News = { name?: string | undefined; settings?: Undefinable<ChatboxSettings> | undefined };

/** Changes what is given and leaves the rest; open widgets look at once (OP-12). Throws `not_found`. */
export async function changeChatbox(
  context: Context,
  actor: OperatorActor,
  chatboxId: string,
  news: News,
): Promise<Chatbox> {
  const changed = await context.db.inAccount(actor.accountId, async (tx) => {
    const before = await findChatbox(tx, actor.accountId, chatboxId);
    if (!before) throw notFound('chatbox');
    const given = Object.fromEntries(
      Object.entries(news.settings ?? {}).filter(([, value]) => value !== undefined),
    );
    const after: Chatbox = {
      ...before,
      name: news.name ?? before.name,
      settings: { ...before.settings, ...given },
    };
    await updateChatbox(tx, actor.accountId, after);
    return after;
  });
  await context.presence.changed(actor.accountId);
  return changed;
}
