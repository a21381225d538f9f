import type * as z from 'zod/mini';
import type { Conversation, transferConversation as schema } from '#protocol/conversations.ts';
import type { Transfer } from '#protocol/entries.ts';
import { servesLanguage } from '#protocol/match-language.ts';
import type { OperatorActor } from '../../core/actor.ts';
import { notFound, Refusal } from '../../core/errors.ts';
import type { Context } from '../../context.ts';
import { findRef } from '../../unscoped/read-log.ts';
import { hasRoom, type RoutedOperator } from '../routing/route.ts';
import type { Appended, Decide } from './lane.ts';
import { checkRead, ended, isParty, takenBy } from './policy.ts';
import { senderOf } from './sender.ts';
import { readSituation, type Situation } from './situation.ts';

type Offer = Omit<z.infer<typeof schema>, 'type'>;

/**
 * Offers a conversation to a colleague or a department (OC-12); its owner keeps it until somebody accepts. Throws
 * `unavailable_target` where nobody is there or may have one more, `wrong_language` where nobody of them serves the
 * visitor's language (unless `anyLanguage`), `conflict` while it is offered already.
 */
export async function transferConversation(
  context: Context,
  actor: OperatorActor,
  { conversationId, ref, to, anyLanguage = false }: Offer,
): Promise<Appended> {
  const { accountId } = actor;
  // Who was there when it was said may have gone when it is repeated.
  const repeated = await findRef(context.db, accountId, actor.operatorId, ref);
  if (repeated) return repeated;
  const key = { accountId, conversationId };
  const conversation = await context.conversations.read(key);
  if (!conversation) throw notFound('conversation');
  checkRead(actor, conversation);
  const situation = await context.db.inAccount(accountId, (tx) => readSituation(tx, accountId));
  const { name, members } = targetOf(situation, to);
  const there = members.filter(({ id, status }) => id !== conversation.operator?.id && status === 'online');
  if (there.length === 0) throw new Refusal('unavailable_target', `${name} is not there at the moment.`);
  const speaking = there.filter((operator) => serves(situation, operator, conversation));
  if (speaking.length === 0 && !anyLanguage) {
    throw new Refusal(
      'wrong_language',
      `${name} does not serve the language of this visitor (${conversation.language}). Offer it all the same?`,
    );
  }
  const asked = speaking.length > 0 ? speaking : there;
  if (!asked.some((operator) => hasRoom(situation.config, operator)))
    throw new Refusal('unavailable_target', `${name} has no room for another chat at the moment.`);
  const audience = asked.map(({ id }) => id);
  const until = new Date(Date.now() + situation.config.settings.answerWithin * 1000).toISOString();
  const offer = { to: { ...to, name }, audience, until };
  return context.conversations.append(key, senderOf(actor), ref, decideTransfer(actor, offer));
}

function targetOf(
  { config, operators }: Situation,
  { kind, id }: Offer['to'],
): { name: string; members: RoutedOperator[] } {
  if (kind === 'operator') {
    const operator = operators.find((each) => each.id === id);
    if (!operator) throw notFound('operator');
    return { name: operator.name, members: [operator] };
  }
  const department = config.departments.find((each) => each.id === id);
  if (!department) throw notFound('department');
  return {
    name: department.name,
    members: operators.filter((each) => department.operators.includes(each.id)),
  };
}

function serves({ config }: Situation, { id }: RoutedOperator, { language }: Conversation): boolean {
  const destinations = config.destinations[id] ?? [];
  const wanted = language === 'und' ? config.accountLanguage : language;
  return destinations.length === 0 || destinations.some((each) => servesLanguage(each.language, wanted));
}

export const decideTransfer =
  (actor: OperatorActor, offer: Omit<Transfer, 'from'>): Decide =>
  (conversation) => {
    checkMine(actor, conversation);
    if (conversation.channel === 'offline')
      throw new Refusal('not_allowed', 'An offline message is not handed on. Answer it by e-mail.');
    const { desk, operator } = conversation;
    if (desk?.transfer) {
      const sentence = `It is offered to ${desk.transfer.to.name} already. Withdraw that offer first.`;
      throw new Refusal('conflict', sentence);
    }
    if (!operator) throw new Refusal('not_allowed', 'Accept this conversation before you hand it on.');
    return [{ kind: 'transfer', transfer: { ...offer, from: operator } }];
  };

/** The owner (or an administrator) takes the offer back; the conversation stays where it is. */
export function cancelTransfer(
  context: Context,
  actor: OperatorActor,
  conversationId: string,
  ref: string,
): Promise<Appended> {
  const key = { accountId: actor.accountId, conversationId };
  return context.conversations.append(key, senderOf(actor), ref, decideCancel(actor));
}

export const decideCancel =
  (actor: OperatorActor): Decide =>
  (conversation) => {
    checkMine(actor, conversation);
    return conversation.desk?.transfer ? [{ kind: 'transfer-ended', why: 'cancelled' }] : [];
  };

/** Only its owner, or an administrator, hands a conversation on. */
function checkMine(actor: OperatorActor, conversation: Conversation): void {
  checkRead(actor, conversation);
  if (conversation.channel === 'colleague') throw notFound('conversation');
  if (conversation.state === 'closed') throw ended();
  if (!isParty(actor, conversation) && actor.role !== 'administrator') throw takenBy(conversation);
}
