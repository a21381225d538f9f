import * as z from 'zod/mini';
import {
  identify,
  leaveMessage as leaveMessageBody,
  leftMessage,
  openVisit as openVisitBody,
  setAttributes,
  visit,
  widgetParams,
  type Visit,
} from '#protocol/chatboxes.ts';
import { visitorPanel } from '#protocol/conversations.ts';
import { announcedPage, announcePage as announcePageBody, invitationParams } from '#protocol/visitors.ts';
import { id } from '#protocol/ids.ts';
import { Reply, route, type RequestInfo, type Route } from '../../core/http/route.ts';
import type { VisitorActor } from '../../core/actor.ts';
import type { Context } from '../../context.ts';
import { leaveMessage } from '../conversations/start-conversation.ts';
import { chatboxKey } from '../chatboxes/list-chatboxes.ts';
import type { PublishedBoxes } from '../chatboxes/published-box.ts';
import { announcePage } from './announce-page.ts';
import { dismissInvitation } from './end-invitation.ts';
import { identifyVisitor } from './identify-visitor.ts';
import { openVisit } from './open-visit.ts';
import { readVisitorPanel } from './read-visitor-panel.ts';
import { saveAttributes } from './save-attributes.ts';
import { cookieName, cookieOf, setCookie } from './visit-cookie.ts';

export function visitorRoutes(context: Context, boxes: PublishedBoxes): Route[] {
  const secure = context.config.chat.url.startsWith('https:');
  /** The refresh token also goes into a partitioned cookie, which survives where a frame's storage does not. */
  const withCookie = (key: string, value: Visit): Reply =>
    new Reply(200, value, secure ? [['set-cookie', setCookie(cookieName(key), value.refresh)]] : []);
  return [
    route({
      on: 'chat',
      method: 'POST',
      path: '/v1/visitor/session',
      who: 'public',
      perMinute: 120,
      body: openVisitBody,
      answer: visit,
      handle: async ({ body: { key, refresh }, request }) =>
        withCookie(key, await openVisit(context, key, refresh ?? cookieOf(request.headers, cookieName(key)))),
    }),
    route({
      on: 'chat',
      method: 'POST',
      path: '/v1/visitor/identify',
      who: 'visitor',
      perMinute: 60,
      body: identify,
      answer: visit,
      handle: async ({ actor, body }) => {
        const key = await chatboxKey(context, actor);
        return withCookie(key, await identifyVisitor(context, actor, body.identity));
      },
    }),
    route({
      on: 'chat',
      method: 'POST',
      path: '/v1/visitor/attributes',
      who: 'visitor',
      perMinute: 60,
      body: setAttributes,
      handle: ({ actor, body }) => saveAttributes(context, actor, body.attributes),
    }),
    route({
      on: 'chat',
      method: 'POST',
      path: '/v1/visitor/offline-messages',
      who: 'visitor',
      perMinute: 20,
      body: leaveMessageBody,
      answer: leftMessage,
      handle: ({ actor, body, request }) => leave(context, actor, body, request),
    }),
    route({
      on: 'chat',
      method: 'POST',
      path: '/v1/widget/:key/visits',
      who: 'public',
      perMinute: 1200,
      params: widgetParams,
      body: announcePageBody,
      answer: announcedPage,
      handle: async ({ params: { key }, body, request }) =>
        announcePage(context, (await boxes.of(key)).accountId, body, request),
    }),
    route({
      on: 'chat',
      method: 'DELETE',
      path: '/v1/widget/:key/invitations/:invitationId',
      who: 'public',
      perMinute: 60,
      params: invitationParams,
      handle: async ({ params: { key, invitationId } }) =>
        dismissInvitation(context, (await boxes.of(key)).accountId, invitationId),
    }),
    route({
      on: 'console',
      method: 'GET',
      path: '/v1/visitors/:visitorId',
      who: 'operator',
      params: z.strictObject({ visitorId: id }),
      answer: visitorPanel,
      handle: ({ actor, params }) => readVisitorPanel(context, actor, params.visitorId),
    }),
  ];
}

async function leave(
  context: Context,
  actor: VisitorActor,
  body: z.infer<typeof leaveMessageBody>,
  request: RequestInfo,
) {
  const { email, subject, text, ref, page, language, name } = body;
  const browser = request.headers.get('user-agent')?.slice(0, 400) ?? null;
  const details = { email, ...(name !== null && { name }) };
  const { conversationId } = await leaveMessage(
    context,
    actor,
    { email, subject, text },
    { ref, details, page, language, browser },
  );
  return { conversationId, at: new Date().toISOString() };
}
