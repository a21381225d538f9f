import * as z from 'zod/mini';
import { id } from '#protocol/ids.ts';
import { olderEntries, olderEntriesQuery, PAGE_LIMIT, routingHistory } from '#protocol/conversations.ts';
import { notFound } from '../../core/errors.ts';
import { route, type Route } from '../../core/http/route.ts';
import type { Context } from '../../context.ts';
import { loadConversations, readEntriesBefore } from '../../unscoped/read-log.ts';
import { checkRead } from './policy.ts';
import { readRoutingHistory } from './read-routing-history.ts';

export function conversationRoutes(context: Context): Route[] {
  const { db } = context;
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
    route({
      on: 'console',
      method: 'GET',
      path: '/v1/conversations/:conversationId/decisions',
      who: 'operator',
      params: z.strictObject({ conversationId: id }),
      answer: routingHistory,
      handle: ({ actor, params }) => readRoutingHistory(context, actor, params.conversationId),
    }),
  ];
}
