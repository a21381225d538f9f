import { email } from '#protocol/ids.ts';
import type { Tx } from '../../core/database/database.ts';
import type { Context } from '../../context.ts';
import type { MailContent } from './content.ts';
import { mailQueue } from './queue.ts';
import { countMails, deleteOldMails, insertMail, type Cause } from './store.ts';

/** The account of mail that belongs to none: a transaction that writes one is `inAccount(INSTALLATION)`. */
export const INSTALLATION = '00000000-0000-0000-0000-000000000000';

export type NewMail = {
  to: { name: string; address: string };
  subject: string;
  content: MailContent;
  /** Where an answer goes, when not to the sender. */
  replyTo?: string | undefined;
  /** Id of what it is about: mails to one address about the same thing are one thread. */
  about?: string | undefined;
  cause: Cause;
  /** After this it is of no use, and is given up. */
  expiresAt?: Date | undefined;
};

const HOUR_MS = 3_600_000;
const KEPT_MS = 90 * 24 * HOUR_MS;

/** How many mails of an hour people who have not signed in may cause (threats.md D8). */
const LIMITS: Partial<Record<Cause, { recipient: number; account: number }>> = {
  anyone: { recipient: 3, account: Infinity },
  visitor: { recipient: 60, account: 300 },
};

/**
 * Writes an e-mail into the outbox, as a part of the caller's transaction of that account: what commits is delivered, or
 * shown as failed. Beyond its limit a mail caused by a visitor is kept as failed, and one caused by anyone is not made.
 * Throws when the address or a header is not plain; callers have validated it.
 */
export async function sendMail(
  { jobs }: Pick<Context, 'jobs'>,
  tx: Tx,
  accountId: string,
  mail: NewMail,
): Promise<void> {
  checkHeaders(mail);
  const now = new Date();
  const over = await isOverLimit(tx, accountId, mail, new Date(now.getTime() - HOUR_MS));
  if (over && mail.cause === 'anyone') return;
  const { to, subject, content, replyTo = null, about = null, cause, expiresAt = null } = mail;
  const id = crypto.randomUUID();
  const state = over ? 'failed' : 'waiting';
  const error = over ? 'Not sent: visitors have caused too many e-mails within an hour.' : null;
  const stored = { id, to, replyTo, about, subject, content, state, createdAt: now, expiresAt } as const;
  await insertMail(tx, accountId, stored, { cause, error });
  await deleteOldMails(tx, accountId, new Date(now.getTime() - KEPT_MS), 10);
  if (!over) await jobs.add(tx, mailQueue, id, { accountId, mailId: id });
}

/** One line as a header may carry it: without controls, not too long. For what people have chosen. */
export const headerText = (text: string, max = 120): string => {
  const line = text
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\p{Cf}]+/gu, ' ')
    .replace(/ {2,}/g, ' ')
    .trim();
  const signs = [...line];
  return signs.length > max ? `${signs.slice(0, max - 1).join('')}…` : line;
};

/** A7: nothing in an address or a header can end its line, add a recipient or hide one. */
function checkHeaders({ to, replyTo, subject }: NewMail): void {
  for (const address of [to.address, ...(replyTo === undefined ? [] : [replyTo])])
    if (!email.safeParse(address).success) throw new Error('not one plain e-mail address');
  for (const text of [to.name, subject])
    if (/[\p{Cc}\p{Zl}\p{Zp}]/u.test(text)) throw new Error('a control character in a header');
}

async function isOverLimit(tx: Tx, accountId: string, { cause, to }: NewMail, since: Date): Promise<boolean> {
  const limits = LIMITS[cause];
  if (!limits) return false;
  if ((await countMails(tx, accountId, { cause, since, to: to.address })) >= limits.recipient) return true;
  return limits.account !== Infinity && (await countMails(tx, accountId, { cause, since })) >= limits.account;
}
