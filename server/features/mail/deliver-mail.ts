import { setTimeout as sleep } from 'node:timers/promises';
import type { MailConfig } from '../../config.ts';
import type { Database } from '../../core/database/database.ts';
import { sealTicket } from '../../core/ticket.ts';
import type { Attempt } from '../../core/jobs/queue.ts';
import type { Context } from '../../context.ts';
import type { MailContent } from './content.ts';
import { mailsAbout } from './mails-about.ts';
import { type LinkOf, renderHtml, renderText } from './render-mail.ts';
import { describeFailure, type Smtp } from './smtp.ts';
import { findMail, noteTry, type StoredMail } from './store.ts';

/**
 * Hands one mail to the mail server and notes what became of it. Between its yes and our note the process may end; then
 * it is sent once more, with the same Message-ID. Throws when it is to be tried again.
 */
export async function deliverMail(
  { db, config, key }: Pick<Context, 'config' | 'key'> & { db: Pick<Database, 'inAccount'> },
  { smtp, settings }: { smtp: Smtp; settings: MailConfig },
  { accountId, mailId }: { accountId: string; mailId: string },
  { last, signal }: Attempt,
): Promise<void> {
  const { mail, first } = await db.inAccount(accountId, async (tx) => {
    const found = await findMail(tx, accountId, mailId);
    if (!found || found.about === null) return { mail: found };
    const [begins] = await mailsAbout(tx, accountId, { about: found.about, to: found.to.address });
    return { mail: found, first: begins?.id };
  });
  if (mail?.state !== 'waiting' || mail.content === null) return;
  const note = (state: StoredMail['state'], error: string | null) =>
    db.inAccount(accountId, (tx) => noteTry(tx, accountId, mailId, { state, error }));
  if (mail.expiresAt !== null && mail.expiresAt < new Date())
    return note('failed', 'It could not be sent in time, so its link is of no use any more.');

  const linkOf: LinkOf = ({ path, ticket }) =>
    `${config.console.url}${path}${ticket === undefined ? '' : `#${sealTicket(key('ticket'), ticket)}`}`;
  try {
    const answers = first === mail.id ? undefined : first;
    await smtp.send({ ...messageOf(mail, mail.content, linkOf), answers }, signal);
  } catch (error) {
    // We have broken it off, which says nothing of the mail.
    if (signal.aborted) throw error;
    const { sentence, permanent } = describeFailure(error, settings);
    const givenUp = permanent || last;
    await note(givenUp ? 'failed' : 'waiting', sentence);
    if (givenUp) return;
    throw new Error(sentence);
  }
  await noteAtLast(() => note('sent', null));
}

/** As soon as the database is back, or what the mail server has taken would be sent once more. */
async function noteAtLast(note: () => Promise<void>): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await note();
    } catch (error) {
      if (tries === 300) throw error;
      await sleep(200, undefined, { ref: false });
    }
  }
}

const messageOf = (mail: StoredMail, content: MailContent, linkOf: LinkOf) => ({
  id: mail.id,
  date: mail.createdAt,
  to: mail.to,
  replyTo: mail.replyTo,
  subject: mail.subject,
  text: renderText(content, linkOf),
  html: renderHtml(content, linkOf),
});
