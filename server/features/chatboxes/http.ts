import {
  changeChatbox as changeChatboxBody,
  chatbox,
  chatboxes,
  chatboxParams,
  widgetCheck,
  widgetParams,
  widgetStateAnswer,
  widgetStateQuery,
} from '#protocol/chatboxes.ts';
import { route, type Route } from '../../core/http/route.ts';
import type { Context } from '../../context.ts';
import { changeChatbox } from './change-chatbox.ts';
import { checkWidget } from './check-widget.ts';
import type { PublishedBoxes } from './published-box.ts';
import { listChatboxes } from './list-chatboxes.ts';

export function chatboxRoutes(context: Context, boxes: PublishedBoxes): Route[] {
  return [
    route({
      on: 'console',
      method: 'GET',
      path: '/v1/chatboxes',
      who: 'operator',
      answer: chatboxes,
      handle: async ({ actor: { accountId } }) => ({
        chatboxes: await context.db.inAccount(accountId, (tx) => listChatboxes(tx, accountId)),
      }),
    }),
    route({
      on: 'console',
      method: 'PATCH',
      path: '/v1/chatboxes/:chatboxId',
      who: 'administrator',
      params: chatboxParams,
      body: changeChatboxBody,
      answer: chatbox,
      handle: ({ actor, params, body }) => changeChatbox(context, actor, params.chatboxId, body),
    }),
    route({
      on: 'console',
      method: 'GET',
      path: '/v1/chatboxes/:chatboxId/check',
      who: 'operator',
      params: chatboxParams,
      answer: widgetCheck,
      handle: ({ actor, params }) => checkWidget(context, actor, params.chatboxId),
    }),
    route({
      on: 'chat',
      method: 'GET',
      path: '/v1/widget/:key/state',
      who: 'public',
      perMinute: 6000,
      params: widgetParams,
      query: widgetStateQuery,
      answer: widgetStateAnswer,
      handle: ({ params: { key }, query }) => boxes.state(key, query),
    }),
  ];
}
