import { randomUUID } from 'node:crypto';
import { PASSWORD } from './factories.ts';
import type { Ids } from './world.ts';

/**
 * B1, B3: how each route is aimed at another account.
 * `aimed`: names an object of it, and must answer as if the object did not exist.
 * `own`: names nothing, and must work and show or change the caller's account alone.
 * `open`: asks for no credential, so there is nothing to cross; says why.
 */
export type Entry =
  | { aimed: (ids: Ids) => { path: string; body?: object } }
  | { own: () => { body?: object }; endsSession?: true }
  | { open: string };

const details = () => ({
  ref: randomUUID(),
  email: 'b@example.com',
  name: null,
  subject: null,
  text: 'Hi',
  page: null,
  language: null,
});

export const routes: Record<string, Entry> = {
  'GET /v1/setup': { open: 'says only whether anybody exists' },
  'POST /v1/setup': { open: 'needs the one-time token of the start log' },
  'POST /v1/session': { open: 'this is where the credential comes from' },
  'GET /v1/session': { own: () => ({}) },
  'DELETE /v1/session': { own: () => ({}), endsSession: true },
  'GET /v1/person/sessions': { own: () => ({}) },
  'DELETE /v1/person/sessions/:sessionId': {
    aimed: ({ sessionId }) => ({ path: `/v1/person/sessions/${sessionId}` }),
  },
  'POST /v1/person/password': { own: () => ({ body: { current: PASSWORD, next: PASSWORD } }) },
  'POST /v1/password-reset': { open: 'says and does the same for every address' },
  'POST /v1/password-reset/redeem': { open: 'needs the ticket of the mail' },
  'POST /v1/person/email-verification': { own: () => ({}) },
  'POST /v1/email-verification/redeem': { open: 'needs the ticket of the mail' },
  'GET /v1/account': { own: () => ({}) },
  'PATCH /v1/account': { own: () => ({ body: { title: 'Changed' } }) },
  'GET /v1/account/domains': { own: () => ({}) },
  'POST /v1/account/domains': { own: () => ({ body: { address: 'new.example' } }) },
  'DELETE /v1/account/domains/:host': { aimed: ({ host }) => ({ path: `/v1/account/domains/${host}` }) },
  'GET /v1/operators': { own: () => ({}) },
  'POST /v1/operators': {
    own: () => ({
      body: {
        email: `${randomUUID()}@example.com`,
        name: 'New',
        handle: `h${randomUUID().slice(0, 8)}`,
        role: 'normal',
      },
    }),
  },
  'PATCH /v1/operators/:operatorId': {
    aimed: ({ operatorId }) => ({ path: `/v1/operators/${operatorId}`, body: { role: 'normal' } }),
  },
  'DELETE /v1/operators/:operatorId': {
    aimed: ({ operatorId }) => ({ path: `/v1/operators/${operatorId}` }),
  },
  'DELETE /v1/operators/:operatorId/sessions': {
    aimed: ({ operatorId }) => ({ path: `/v1/operators/${operatorId}/sessions` }),
  },
  'GET /v1/membership-requests': { own: () => ({}) },
  'DELETE /v1/membership-requests/:requestId': {
    aimed: ({ requestId }) => ({ path: `/v1/membership-requests/${requestId}` }),
  },
  'GET /v1/person/membership-requests': { own: () => ({}) },
  'POST /v1/person/membership-requests/:requestId': {
    aimed: ({ requestId }) => ({ path: `/v1/person/membership-requests/${requestId}` }),
  },
  'DELETE /v1/person/membership-requests/:requestId': {
    aimed: ({ requestId }) => ({ path: `/v1/person/membership-requests/${requestId}` }),
  },
  'DELETE /v1/person/memberships/:operatorId': {
    aimed: ({ operatorId }) => ({ path: `/v1/person/memberships/${operatorId}` }),
  },
  'PATCH /v1/profile': { own: () => ({ body: { name: 'Renamed' } }) },
  'GET /v1/mails': { own: () => ({}) },
  'POST /v1/mails/test': { own: () => ({}) },
  'POST /v1/mails/:mailId/retry': { aimed: ({ mailId }) => ({ path: `/v1/mails/${mailId}/retry` }) },
  'GET /v1/chatboxes': { own: () => ({}) },
  'PATCH /v1/chatboxes/:chatboxId': {
    aimed: ({ chatboxId }) => ({ path: `/v1/chatboxes/${chatboxId}`, body: { name: 'Taken over' } }),
  },
  'GET /v1/chatboxes/:chatboxId/check': {
    aimed: ({ chatboxId }) => ({ path: `/v1/chatboxes/${chatboxId}/check` }),
  },
  'GET /v1/widget/:key/state': {
    open: 'the key is public: it stands in the page of every site that has the widget',
  },
  'POST /v1/widget/:key/visits': {
    open: 'the key is public; a token of another account says nothing here: features/visitors/visitors-list.test.ts',
  },
  'DELETE /v1/widget/:key/invitations/:invitationId': {
    open: 'who knows the invitation was shown it: features/visitors/visitors-list.test.ts tries another account',
  },
  'GET /v1/routing': { own: () => ({}) },
  'PATCH /v1/routing': { own: () => ({ body: { urlRouting: false } }) },
  // World B has a switch to undo until one of the entries below changes a department.
  'POST /v1/routing/undo': { own: () => ({ body: {} }) },
  'POST /v1/routing/simulate': {
    aimed: ({ departmentId }) => ({
      path: '/v1/routing/simulate',
      body: { page: null, language: null, departmentId, at: null },
    }),
  },
  'POST /v1/departments': {
    aimed: ({ operatorId }) => ({ path: '/v1/departments', body: { name: 'Mine', operators: [operatorId] } }),
  },
  'PUT /v1/departments/:departmentId': {
    aimed: ({ departmentId }) => ({
      path: `/v1/departments/${departmentId}`,
      body: { name: 'Taken over', operators: [] },
    }),
  },
  'DELETE /v1/departments/:departmentId': {
    aimed: ({ departmentId }) => ({ path: `/v1/departments/${departmentId}` }),
  },
  'PUT /v1/operators/:operatorId/destinations': {
    aimed: ({ operatorId }) => ({
      path: `/v1/operators/${operatorId}/destinations`,
      body: { destinations: [] },
    }),
  },
  'POST /v1/url-rules': {
    aimed: ({ operatorId }) => ({
      path: '/v1/url-rules',
      body: { address: 'b.example', operators: [operatorId] },
    }),
  },
  'PUT /v1/url-rules/:ruleId': {
    aimed: ({ ruleId, operatorId }) => ({
      path: `/v1/url-rules/${ruleId}`,
      body: { address: 'b.example', operators: [operatorId] },
    }),
  },
  'DELETE /v1/url-rules/:ruleId': { aimed: ({ ruleId }) => ({ path: `/v1/url-rules/${ruleId}` }) },
  'GET /v1/offline-recipients': { own: () => ({}) },
  'PUT /v1/offline-recipients': {
    aimed: ({ operatorId }) => ({ path: '/v1/offline-recipients', body: { operators: [operatorId] } }),
  },
  'GET /v1/conversations/:conversationId/entries': {
    aimed: ({ conversationId }) => ({ path: `/v1/conversations/${conversationId}/entries?before=100` }),
  },
  'GET /v1/conversations/:conversationId/decisions': {
    aimed: ({ conversationId }) => ({ path: `/v1/conversations/${conversationId}/decisions` }),
  },
  'POST /v1/visitor/session': {
    open: 'this is where a visitor gets its token; features/visitors/visits.test.ts tries foreign ones',
  },
  'POST /v1/visitor/identify': {
    aimed: () => ({ path: '/v1/visitor/identify', body: { identity: 'a.b.c' } }),
  },
  'POST /v1/visitor/attributes': { own: () => ({ body: { attributes: { plan: 'gold' } } }) },
  'POST /v1/visitor/offline-messages': { own: () => ({ body: details() }) },
  'GET /v1/visitors/:visitorId': { aimed: ({ visitorId }) => ({ path: `/v1/visitors/${visitorId}` }) },
  'GET /w/:file': { open: 'the widget code of a public key' },
  'GET /frame/:key': { open: 'the frame of a public key' },
  'GET /test/:key': { open: 'the test page of a public key' },
  'POST /v1/realtime/poll': { open: 'its hello carries the credential; every command is aimed below' },
  'POST /v1/realtime/send': { open: 'its body carries the credential; every command is aimed below' },
};

/**
 * How each command is aimed. `answer`: with this refusal. `unanswered`: with nothing, and nobody notices.
 * `colleague`: what the same command says to an operator of the account who may not see the conversation (OC-16); `done`:
 * it may say it.
 */
export type Command = {
  frame: (ids: Ids) => object;
  answer: 'refused' | 'unanswered' | 'own';
  colleague?: string;
};
const page = { url: 'https://b.example/', title: '' };
const on =
  (type: string, more: object = {}) =>
  ({ conversationId }: Ids) => ({ type, conversationId, ...more });

export const commands: Record<string, Command> = {
  'conversation.start': {
    frame: () => ({ type: 'conversation.start', text: 'Hi', details: {}, page: null, language: null }),
    answer: 'own',
  },
  'message.post': { frame: on('message.post', { text: 'Mine now' }), answer: 'refused' },
  'conversation.close': { frame: on('conversation.close'), answer: 'refused' },
  // A colleague who was slower learns who has it (OC-14).
  'conversation.accept': { frame: on('conversation.accept'), answer: 'refused', colleague: 'taken' },
  'conversation.take': { frame: on('conversation.take'), answer: 'refused', colleague: 'not_allowed' },
  'conversation.transfer': {
    frame: ({ conversationId, operatorId }) => ({
      type: 'conversation.transfer',
      conversationId,
      to: { kind: 'operator', id: operatorId },
    }),
    answer: 'refused',
  },
  'transfer.cancel': { frame: on('transfer.cancel'), answer: 'refused' },
  'conversation.decline': { frame: on('conversation.decline'), answer: 'refused' },
  'note.post': { frame: on('note.post', { text: 'Mine too' }), answer: 'refused' },
  'colleague.write': {
    frame: ({ operatorId }) => ({ type: 'colleague.write', operatorId, text: 'Hello from outside' }),
    answer: 'refused',
    colleague: 'done',
  },
  'receipt.mark': { frame: on('receipt.mark', { mark: 'read', upTo: 1 }), answer: 'refused' },
  'page.visit': { frame: on('page.visit', { page }), answer: 'refused' },
  'details.update': { frame: on('details.update', { details: { name: 'Mine' } }), answer: 'refused' },
  typing: { frame: on('typing', { on: true }), answer: 'unanswered' },
  'conversation.follow': { frame: on('conversation.follow', { after: 0 }), answer: 'refused' },
  'conversation.unfollow': { frame: on('conversation.unfollow'), answer: 'unanswered' },
  'status.set': { frame: () => ({ type: 'status.set', status: 'online' }), answer: 'own' },
  'visitors.watch': { frame: () => ({ type: 'visitors.watch', on: true }), answer: 'own' },
  'visitor.invite': {
    frame: ({ visitId }) => ({ type: 'visitor.invite', visitId, text: 'Mine now' }),
    answer: 'refused',
    // Its visitor is in a chat, which every operator may know (OC-11).
    colleague: 'conflict',
  },
};
