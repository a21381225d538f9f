import type { Who } from '../core/http/route.ts';

/**
 * B5: who may call what, written down a second time on purpose: a route whose own word changes by mistake is found
 * here.
 */
export const rights: Record<string, Who> = {
  'GET /v1/setup': 'public',
  'POST /v1/setup': 'public',
  'POST /v1/session': 'public',
  'GET /v1/session': 'person',
  'DELETE /v1/session': 'person',
  'GET /v1/person/sessions': 'person',
  'DELETE /v1/person/sessions/:sessionId': 'person',
  'POST /v1/person/password': 'person',
  'GET /v1/account': 'operator',
  'PATCH /v1/account': 'administrator',
  'GET /v1/account/domains': 'operator',
  'POST /v1/account/domains': 'administrator',
  'DELETE /v1/account/domains/:host': 'administrator',
  'GET /v1/operators': 'operator',
  'POST /v1/operators': 'administrator',
  'PATCH /v1/operators/:operatorId': 'administrator',
  'DELETE /v1/operators/:operatorId': 'administrator',
  'DELETE /v1/operators/:operatorId/sessions': 'administrator',
  'GET /v1/membership-requests': 'administrator',
  'DELETE /v1/membership-requests/:requestId': 'administrator',
  'GET /v1/person/membership-requests': 'person',
  'POST /v1/person/membership-requests/:requestId': 'person',
  'DELETE /v1/person/membership-requests/:requestId': 'person',
  'DELETE /v1/person/memberships/:operatorId': 'person',
  'PATCH /v1/profile': 'operator',
  'GET /v1/chatboxes': 'operator',
  'PATCH /v1/chatboxes/:chatboxId': 'administrator',
  'GET /v1/chatboxes/:chatboxId/check': 'operator',
  'GET /v1/conversations/:conversationId/entries': 'operator',
  'GET /v1/visitors/:visitorId': 'operator',
  'GET /v1/widget/:key/state': 'public',
  'POST /v1/widget/:key/visits': 'public',
  'DELETE /v1/widget/:key/invitations/:invitationId': 'public',
  'POST /v1/visitor/session': 'public',
  'POST /v1/visitor/identify': 'visitor',
  'POST /v1/visitor/attributes': 'visitor',
  'POST /v1/visitor/offline-messages': 'visitor',
  'GET /w/:file': 'public',
  'GET /frame/:key': 'public',
  'GET /test/:key': 'public',
  'POST /v1/realtime/poll': 'public',
  'POST /v1/realtime/send': 'public',
};

type Role = 'visitor' | 'normal' | 'administrator';

/** Of an open conversation that is the visitor's and the normal operator's own. */
export const commandRights: Record<string, Role[]> = {
  'conversation.start': ['visitor'],
  'message.post': ['visitor', 'normal'],
  'conversation.close': ['visitor', 'normal', 'administrator'],
  'conversation.accept': ['normal'],
  'receipt.mark': ['visitor', 'normal', 'administrator'],
  'page.visit': ['visitor'],
  'details.update': ['visitor'],
  typing: ['visitor', 'normal', 'administrator'],
  'conversation.follow': ['visitor', 'normal', 'administrator'],
  'conversation.unfollow': ['visitor', 'normal', 'administrator'],
  'status.set': ['normal', 'administrator'],
  'visitors.watch': ['normal', 'administrator'],
  'visitor.invite': ['normal', 'administrator'],
};
