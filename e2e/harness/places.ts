import type * as z from 'zod/mini';
import { addDomain, changeAccount } from '#protocol/accounts.ts';
import {
  askForReset,
  changePassword,
  redeemReset,
  redeemVerification,
  setUp,
  signIn,
} from '#protocol/auth.ts';
import { changeChatbox, identify, leaveMessage, openVisit, setAttributes } from '#protocol/chatboxes.ts';
import { addOperator, changeOperator, changeProfile } from '#protocol/operators.ts';
import {
  addDepartment,
  changeDepartment,
  changeRouting,
  putRule,
  setDestinations,
  setRecipients,
  simulate,
  undoSwitch,
} from '#protocol/routing.ts';
import { pollRequest, sendRequest } from '#protocol/session.ts';
import { up } from '#protocol/up.ts';
import { announcePage } from '#protocol/visitors.ts';

/** What people can say on the socket, by type. */
export const commands: Record<string, z.ZodMiniType> = Object.fromEntries(
  up.def.options.map((option) => [[...option.def.shape.type.def.values][0], option]),
);

/** What people can say over HTTP; e2e/polyglot.test.ts compares it with the routes of the running server. */
export const bodies: Record<string, z.ZodMiniType> = {
  'POST /v1/setup': setUp,
  'POST /v1/session': signIn,
  'POST /v1/person/password': changePassword,
  'POST /v1/password-reset': askForReset,
  'POST /v1/password-reset/redeem': redeemReset,
  'POST /v1/email-verification/redeem': redeemVerification,
  'PATCH /v1/account': changeAccount,
  'POST /v1/account/domains': addDomain,
  'POST /v1/operators': addOperator,
  'PATCH /v1/operators/{operatorId}': changeOperator,
  'PATCH /v1/profile': changeProfile,
  'PATCH /v1/chatboxes/{chatboxId}': changeChatbox,
  'PATCH /v1/routing': changeRouting,
  'POST /v1/routing/undo': undoSwitch,
  'POST /v1/routing/simulate': simulate,
  'POST /v1/departments': addDepartment,
  'PUT /v1/departments/{departmentId}': changeDepartment,
  'PUT /v1/operators/{operatorId}/destinations': setDestinations,
  'POST /v1/url-rules': putRule,
  'PUT /v1/url-rules/{ruleId}': putRule,
  'PUT /v1/offline-recipients': setRecipients,
  'POST /v1/visitor/session': openVisit,
  'POST /v1/visitor/identify': identify,
  'POST /v1/visitor/attributes': setAttributes,
  'POST /v1/visitor/offline-messages': leaveMessage,
  'POST /v1/widget/{key}/visits': announcePage,
  'POST /v1/realtime/poll': pollRequest,
  'POST /v1/realtime/send': sendRequest,
};

export type Place = 'chat' | 'offline' | 'inside' | 'row' | 'settings' | 'visitors' | 'unseen' | 'changed';

/**
 * Where the text of every field is to be seen word for word: beside the visitor's chat, beside its off-line message, in
 * the row of a list, on the pages of the settings. `visitors`: in the list of
 * who is on the sites, while somebody looks (e2e/visitors.test.ts). `inside`: what operators say to each other. `unseen` is shown on no screen. `changed` is shown, but not as it was written: a later page
 * has taken its place, or only the host of an address is kept.
 */
export const places: Record<string, Place> = {
  'hello token': 'unseen',
  'hello epoch': 'unseen',
  'conversation.start text': 'chat',
  'conversation.start details.name': 'chat',
  'conversation.start details.email': 'chat',
  'conversation.start page.url': 'changed',
  'conversation.start page.title': 'changed',
  'message.post text': 'chat',
  'page.visit page.url': 'chat',
  'page.visit page.title': 'chat',
  'details.update details.name': 'chat',
  'details.update details.email': 'chat',
  'note.post text': 'inside',
  'colleague.write text': 'inside',
  'POST /v1/visitor/attributes attributes.note': 'chat',
  'POST /v1/visitor/offline-messages email': 'offline',
  'POST /v1/visitor/offline-messages name': 'row',
  'POST /v1/visitor/offline-messages subject': 'offline',
  'POST /v1/visitor/offline-messages text': 'offline',
  'POST /v1/visitor/offline-messages page.url': 'offline',
  'POST /v1/visitor/offline-messages page.title': 'offline',
  'visitor.invite text': 'visitors',
  'POST /v1/widget/{key}/visits page.url': 'visitors',
  'POST /v1/widget/{key}/visits page.title': 'visitors',
  'POST /v1/widget/{key}/visits referrer': 'visitors',
  'POST /v1/visitor/session refresh': 'unseen',
  'POST /v1/visitor/identify identity': 'unseen',
  'PATCH /v1/account title': 'settings',
  // There is one box so far, and no page says its name.
  'PATCH /v1/chatboxes/{chatboxId} name': 'unseen',
  'PATCH /v1/chatboxes/{chatboxId} settings.title': 'settings',
  'PATCH /v1/chatboxes/{chatboxId} settings.greeting': 'settings',
  'POST /v1/account/domains address': 'changed',
  'POST /v1/operators email': 'unseen',
  'POST /v1/operators name': 'settings',
  'POST /v1/operators handle': 'settings',
  'POST /v1/operators password': 'unseen',
  'PATCH /v1/operators/{operatorId} name': 'settings',
  'PATCH /v1/operators/{operatorId} handle': 'settings',
  'PATCH /v1/profile name': 'settings',
  // Only the name of a zone is taken.
  'PATCH /v1/routing hours.timeZone': 'unseen',
  'POST /v1/departments name': 'settings',
  'PUT /v1/departments/{departmentId} name': 'settings',
  'POST /v1/url-rules address': 'changed',
  'PUT /v1/url-rules/{ruleId} address': 'changed',
  'POST /v1/routing/simulate page': 'unseen',
  // The same texts as above, before there is anybody to see them.
  'POST /v1/setup token': 'unseen',
  'POST /v1/setup name': 'settings',
  'POST /v1/setup email': 'unseen',
  'POST /v1/setup password': 'unseen',
  'POST /v1/setup account.name': 'settings',
  'POST /v1/setup account.title': 'settings',
  'POST /v1/setup account.domain': 'changed',
  'POST /v1/session email': 'unseen',
  'POST /v1/session password': 'unseen',
  'POST /v1/person/password current': 'unseen',
  'POST /v1/person/password next': 'unseen',
  'POST /v1/password-reset email': 'unseen',
  'POST /v1/password-reset/redeem token': 'unseen',
  'POST /v1/password-reset/redeem password': 'unseen',
  'POST /v1/email-verification/redeem token': 'unseen',
  'POST /v1/realtime/poll hello.token': 'unseen',
  'POST /v1/realtime/poll hello.epoch': 'unseen',
  'POST /v1/realtime/send token': 'unseen',
};
