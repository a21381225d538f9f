import * as z from 'zod/mini';
import { id } from '#protocol/ids.ts';
import { olderEntries, olderEntriesQuery, PAGE_LIMIT } from '#protocol/conversations.ts';
import { notFound } from '../../core/errors.ts';
import { route, type Route } from '../../core/http/route.ts';
import type { Context } from '../../context.ts';
import { loadConversations, readEntriesBefore } from '../../unscoped/read-log.ts';
import { checkRead } from './policy.ts';

export function conversationRoutes({ db }: Context): Route[] {
  return [
    route({
      on: 'console',
      method: 'GET',
      path: '/v1/conversations/:conversationId/entries',
      who: 'operator',
      params: z.strictObject({ conversationId: id }),
      query: olderEntriesQuery,
      answer: olderEntries,
      handle: async ({ actor, params: { conversationId }, query: { before } }) => {
        const key = { accountId: actor.accountId, conversationId };
        const [stored] = await loadConversations(db, [key]);
        if (!stored) throw notFound('conversation');
        checkRead(actor, stored.conversation);
        return {
          entries: await readEntriesBefore(
            db,
            key,
            Math.min(before, stored.conversation.lastSeq + 1),
            PAGE_LIMIT,
          ),
        };
      },
    }),
  ];
}
