import type { Conversation } from '#protocol/conversations.ts';
import { email as emailSchema } from '#protocol/ids.ts';
import type { Tx } from '../../core/database/database.ts';
import type { Context } from '../../context.ts';
import { accountOf } from '../accounts/read-account.ts';
import type { Block } from '../mail/content.ts';
import { mailsAbout } from '../mail/mails-about.ts';
import { offlineRecipients } from '../operators/offline-recipients.ts';
import { headerText, sendMail } from '../mail/send-mail.ts';
import { findConversation, listVisitorTexts } from './store.ts';

type Jobs = Pick<Context, 'jobs'>;
type About = Pick<Conversation, 'id' | 'visitor' | 'page'>;

/** Longest part of a chat that a mail repeats. */
const MESSAGES = 20;

/** Mails to one address about one conversation: who goes on changing its own must not use up what others may cause (D8). */
const THREAD = 5;

/** OP-08: what a visitor has left goes by e-mail to those who are chosen for it, in the transaction that stores it. */
export const mailOffline = (
  context: Jobs,
  tx: Tx,
  accountId: string,
  conversation: About,
  left: { email: string; subject: string | null; text: string },
): Promise<void> =>
  mailToRecipients(
    context,
    tx,
    accountId,
    { ...conversation, visitor: { ...conversation.visitor, email: left.email } },
    {
      title: 'New off-line message',
      subject: left.subject ?? 'Off-line message',
      before: [
        ...(left.subject === null
          ? []
          : [{ kind: 'facts', facts: [['Subject', left.subject]] } satisfies Block]),
        { kind: 'quote', text: left.text },
      ],
    },
  );

/** VI-13: a chat that nobody answered goes to the same people, with what the visitor wrote. */
export async function mailMissed(
  context: Jobs,
  tx: Tx,
  accountId: string,
  conversationId: string,
): Promise<void> {
  const stored = await findConversation(tx, accountId, conversationId);
  if (!stored) return;
  await mailToRecipients(context, tx, accountId, stored.conversation, {
    title: 'Missed chat',
    subject: 'Missed chat',
    before: [
      { kind: 'text', text: 'Nobody answered this visitor in time.' },
      ...(await quotes(tx, accountId, conversationId)),
    ],
  });
}

/**
 * VI-13: the visitor says only now where an answer goes. Whoever has a mail about it gets one more in the same thread,
 * and whoever receives the off-line messages only since then finds all of it there. No address is told twice.
 */
export async function mailAddress(
  context: Jobs,
  tx: Tx,
  accountId: string,
  conversation: About,
): Promise<void> {
  await mailToRecipients(context, tx, accountId, conversation, {
    title: 'The visitor has left an e-mail address',
    subject: 'Off-line message',
    before: [
      { kind: 'text', text: 'Now you can answer what was said here.' },
      ...(await quotes(tx, accountId, conversation.id)),
    ],
  });
}

const quotes = async (tx: Tx, accountId: string, conversationId: string): Promise<Block[]> =>
  (await listVisitorTexts(tx, accountId, conversationId, MESSAGES)).map((text) => ({ kind: 'quote', text }));

async function mailToRecipients(
  context: Jobs,
  tx: Tx,
  accountId: string,
  { id, visitor, page }: About,
  { title, subject, before }: { title: string; subject: string; before: Block[] },
): Promise<void> {
  const [account, recipients] = [await accountOf(tx, accountId), await offlineRecipients(tx, accountId)];
  const facts: [string, string][] = [
    ['Name', visitor.name ?? 'not given'],
    ['E-mail', visitor.email ?? 'not given'],
    ...(page === null ? [] : [['Page', page.url] satisfies [string, string]]),
  ];
  const who = visitor.name ?? visitor.email ?? 'a visitor';
  // A customer's own system may have named the visitor's address: an answer goes only to a plain one.
  const replyTo = emailSchema.safeParse(visitor.email).data;
  const why = `You get this because you receive the off-line messages of ${account.title}.`;
  for (const { name, address } of recipients) {
    const thread = await mailsAbout(tx, accountId, { about: id, to: address });
    if (replyTo !== undefined && thread.some((told) => told.replyTo === replyTo)) continue;
    if (thread.length >= THREAD) continue;
    const [first] = thread;
    await sendMail(context, tx, accountId, {
      to: { name: headerText(name), address },
      subject: headerText(first ? `Re: ${first.subject}` : `${subject} (${who})`, 200),
      replyTo,
      about: id,
      content: {
        brand: account.title,
        title,
        blocks: [
          ...before,
          { kind: 'facts', facts },
          { kind: 'link', label: 'Open the conversation', path: `/?chat=${id}` },
        ],
        why: replyTo === undefined ? why : `${why} An answer to this e-mail goes to the visitor.`,
      },
      cause: 'visitor',
    });
  }
}
