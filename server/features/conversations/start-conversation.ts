import type { Conversation } from '#protocol/conversations.ts';
import type { Happening, Page } from '#protocol/entries.ts';
import type { VisitorActor } from '../../core/actor.ts';
import { Refusal } from '../../core/errors.ts';
import type { Context } from '../../context.ts';
import { findRef } from '../../unscoped/read-log.ts';
import { nextChange } from '../accounts/change-stream.ts';
import { noteOffered } from '../operators/note-offered.ts';
import { saveVisitor, type VisitorDetails } from '../visitors/update-visitor.ts';
import { acceptInvitation } from '../visitors/accept-invitation.ts';
import { beginInvited } from './begin-invited.ts';
import { blankConversation } from './blank-conversation.ts';
import type { Appended, Decide } from './lane.ts';
import { mailOffline } from './mail-offline.ts';
import { decidePost } from './post-message.ts';
import { extend } from './project.ts';
import { routeNew } from './route-new.ts';
import { senderOf } from './sender.ts';
import { findOwnRef, insertConversation, openOfVisitor } from './store.ts';

type Start = {
  ref: string;
  details: VisitorDetails;
  page: Page | null;
  language: string | null;
  /** Name of the visitor's browser, for the visitor panel. */
  browser: string | null;
  departmentId?: string | undefined;
  /** The invitation that the first message answers (VI-10). */
  invitationId?: string | undefined;
};

/**
 * The visitor's first message: makes the visitor's row, the conversation and its entries in one transaction. With a
 * conversation already open (a second tab, a lost answer) the message goes there; there is never a second one.
 */
export async function startConversation(
  context: Context,
  actor: VisitorActor,
  text: string,
  start: Start,
): Promise<Appended> {
  const repeated = await findRef(context.db, actor.accountId, actor.visitorId, start.ref);
  if (repeated) return repeated;
  const made = await create(context, actor, 'chat', start, { kind: 'message', text });
  if (made.created) return made.appended;
  const key = { accountId: actor.accountId, conversationId: made.open };
  const decide = decideStart(actor, text, start.details);
  try {
    return await context.conversations.append(key, senderOf(actor), start.ref, decide);
  } catch (error) {
    if (!(error instanceof Refusal) || error.code !== 'closed') throw error;
    // It was closed between the look and the writing: then this is the first message of the next one.
    return startConversation(context, actor, text, start);
  }
}

/** A first message that finds a conversation open already. */
export const decideStart =
  (actor: VisitorActor, text: string, details: VisitorDetails): Decide =>
  (conversation) => {
    const { name, email } = conversation.visitor;
    const news = (details.name ?? name) !== name || (details.email ?? email) !== email;
    const told: Happening[] = news ? [{ kind: 'details', details }] : [];
    return [...told, ...decidePost(actor, text)(conversation)];
  };

/** What a visitor leaves when nobody is there (VI-05): a waiting conversation of its own, at most once per ref. */
export async function leaveMessage(
  context: Context,
  actor: VisitorActor,
  message: { email: string; subject: string | null; text: string },
  start: Start,
): Promise<Appended> {
  const repeated = await findRef(context.db, actor.accountId, actor.visitorId, start.ref);
  if (repeated) return repeated;
  const made = await create(context, actor, 'offline', start, { kind: 'offline', ...message });
  if (!made.created) throw new Error('an offline message found an open chat');
  return made.appended;
}

type Made = { created: true; appended: Appended } | { created: false; open: string };

async function create(
  context: Context,
  actor: VisitorActor,
  channel: Conversation['channel'],
  start: Start,
  first: Happening,
): Promise<Made> {
  const { accountId } = actor;
  const outcome = await context.db.inAccount(accountId, async (tx) => {
    // Locks the visitor's row: a second first message waits here, and then finds the first one's conversation.
    const visitor = await saveVisitor(tx, actor, start);
    const stored = await findOwnRef(tx, accountId, actor.visitorId, start.ref);
    if (stored) return { stored };
    const invited =
      start.invitationId === undefined
        ? undefined
        : await acceptInvitation(tx, accountId, start.invitationId);
    const open = channel === 'chat' ? await openOfVisitor(tx, accountId, actor.visitorId) : undefined;
    if (open) return { open: open.conversation.id };
    const { department, desk, decision } = await routeNew(tx, accountId, start);
    const { chatboxId, visitorId } = actor;
    const before = blankConversation({
      accountId,
      chatboxId,
      channel,
      visitor: { id: visitorId, name: visitor.name, email: visitor.email },
      department,
      desk,
      language: start.language ?? 'und',
      page: start.page,
    });
    const opening = invited && {
      sender: { kind: 'operator' as const, id: invited.operator.id },
      ref: null,
      happenings: await beginInvited(context, tx, accountId, invited),
    };
    const opened = opening ? extend(before, opening) : { after: before, entries: [] };
    const said = { sender: senderOf(actor), ref: start.ref, happenings: [first] };
    const answered = extend(opened.after, said);
    const { after } = answered;
    const entries = [...opened.entries, ...answered.entries];
    if (after.conversation.state === 'waiting' && desk.ringUntil !== null)
      await noteOffered(tx, accountId, desk.ring ?? []);
    const changedSeq = await nextChange(tx, accountId);
    // Whom the rules would have rung is not why it is the inviter's.
    const chosen = after.conversation.state === 'waiting' ? decision : null;
    await insertConversation(tx, after, { entries, decision: chosen, changedSeq });
    if (first.kind === 'offline') await mailOffline(context, tx, accountId, after.conversation, first);
    return { before, after, entries, changedSeq, invited };
  });
  if ('stored' in outcome) return { created: true, appended: outcome.stored };
  if ('open' in outcome) return { created: false, open: outcome.open };
  context.conversations.remember(outcome.after);
  context.conversations.announce([outcome]);
  const { after, invited } = outcome;
  if (invited) context.openPages.invitation(accountId, invited.visitId, null, null);
  return {
    created: true,
    appended: { conversationId: after.conversation.id, seq: after.conversation.lastSeq },
  };
}
