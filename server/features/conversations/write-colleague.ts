import type { OperatorActor } from '../../core/actor.ts';
import { notFound, Refusal } from '../../core/errors.ts';
import type { Context } from '../../context.ts';
import { findRef } from '../../unscoped/read-log.ts';
import { lockChanges, nextChange } from '../accounts/change-stream.ts';
import { nameOfOperator } from '../operators/name-of-operator.ts';
import { blankConversation } from './blank-conversation.ts';
import type { Appended } from './lane.ts';
import { postMessage } from './post-message.ts';
import { extend } from './project.ts';
import { senderOf } from './sender.ts';
import { findColleagues, insertConversation } from './store.ts';

type Words = { ref: string; operatorId: string; text: string };

/**
 * A message to a colleague (OC-13): begins the one conversation that the two have, or goes on with it. Throws
 * `not_found` for who is not (or no longer) an operator of this account.
 */
export async function writeColleague(
  context: Context,
  actor: OperatorActor,
  { ref, operatorId, text }: Words,
): Promise<Appended> {
  const { accountId } = actor;
  if (operatorId === actor.operatorId) throw new Refusal('invalid', 'Write to a colleague, not to yourself.');
  const repeated = await findRef(context.db, accountId, actor.operatorId, ref);
  if (repeated) return repeated;
  const outcome = await context.db.inAccount(accountId, async (tx) => {
    await lockChanges(tx, accountId);
    const found = await findColleagues(tx, accountId, [actor.operatorId, operatorId]);
    if (found !== undefined) return { found };
    const name = await nameOfOperator(tx, accountId, operatorId);
    if (name === undefined) throw notFound('operator');
    const before = blankConversation({
      accountId,
      chatboxId: null,
      channel: 'colleague',
      visitor: { id: actor.operatorId, name: actor.name, email: null },
      operator: { id: operatorId, name },
    });
    const sender = senderOf(actor);
    const { after, entries } = extend(before, { sender, ref, happenings: [{ kind: 'message', text }] });
    const changedSeq = await nextChange(tx, accountId);
    await insertConversation(tx, after, { entries, decision: null, changedSeq });
    return { before, after, entries, changedSeq };
  });
  if ('found' in outcome) return postMessage(context, actor, { conversationId: outcome.found, ref, text });
  context.conversations.remember(outcome.after);
  context.conversations.announce([outcome]);
  return { conversationId: outcome.after.conversation.id, seq: 1 };
}
