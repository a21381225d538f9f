import type { Page } from '#protocol/entries.ts';
import type { VisitorActor } from '../../core/actor.ts';
import type { Context } from '../../context.ts';
import { updateVisitor, type VisitorDetails } from '../visitors/update-visitor.ts';
import { appendWith } from './append-with.ts';
import type { Appended, Decide } from './lane.ts';
import { mailAddress } from './mail-offline.ts';
import { checkRead } from './policy.ts';
import { senderOf } from './sender.ts';

/** The visitor moved on: the page they look at now, once, while the conversation is open. */
export function visitPage(
  context: Context,
  actor: VisitorActor,
  conversationId: string,
  ref: string,
  page: Page,
): Promise<Appended> {
  const key = { accountId: actor.accountId, conversationId };
  return context.conversations.append(key, senderOf(actor), ref, decidePage(actor, page));
}

export const decidePage =
  (actor: VisitorActor, page: Page): Decide =>
  (conversation) => {
    checkRead(actor, conversation);
    const same = conversation.page?.url === page.url && conversation.page.title === page.title;
    return same || conversation.state === 'closed' ? [] : [{ kind: 'page', page }];
  };

/**
 * The visitor told its name or address, in the middle of a conversation. Of one that nobody answered, a mail has gone out
 * already, so the address follows it by e-mail (VI-13).
 */
export async function updateDetails(
  context: Context,
  actor: VisitorActor,
  conversationId: string,
  ref: string,
  details: VisitorDetails,
): Promise<Appended> {
  const { accountId } = actor;
  const said = { sender: senderOf(actor), ref, decide: decideDetails(actor, details) };
  const appended = await appendWith(
    context,
    { accountId, conversationId },
    said,
    async (tx, conversation) => {
      if (conversation.channel === 'offline' && details.email)
        await mailAddress(context, tx, accountId, conversation);
    },
  );
  await updateVisitor(context, actor, details);
  return appended;
}

export const decideDetails =
  (actor: VisitorActor, details: VisitorDetails): Decide =>
  (conversation) => {
    checkRead(actor, conversation);
    return [{ kind: 'details', details }];
  };
