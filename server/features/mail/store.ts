import type { Generated } from 'kysely';
import { sql } from 'kysely';
import type { Mail } from '#protocol/mail.ts';
import type { Tx } from '../../core/database/database.ts';
import type { MailContent } from './content.ts';

type MailsTable = {
  account_id: string;
  mail_id: string;
  cause: Cause;
  to_name: string;
  to_address: string;
  reply_to: string | null;
  about: string | null;
  subject: string;
  content: string | null;
  state: Mail['state'];
  tries: Generated<number>;
  error: string | null;
  created_at: Date;
  tried_at: Date | null;
  expires_at: Date | null;
};

declare module '../../core/database/database.ts' {
  interface Tables {
    mails: MailsTable;
  }
}

/** Who made Foyer write: people who are nobody to us (`anyone`), a visitor, or somebody who has signed in. */
export type Cause = 'anyone' | 'visitor' | 'person';

export type StoredMail = {
  id: string;
  to: { name: string; address: string };
  replyTo: string | null;
  /** Mails to one address about the same thing are one thread. */
  about: string | null;
  subject: string;
  content: MailContent | null;
  state: Mail['state'];
  createdAt: Date;
  expiresAt: Date | null;
};

export async function insertMail(
  tx: Tx,
  accountId: string,
  { id, to, replyTo, about, subject, content, state, createdAt, expiresAt }: StoredMail,
  { cause, error }: { cause: Cause; error: string | null },
): Promise<void> {
  const row = {
    to_name: to.name,
    to_address: to.address,
    reply_to: replyTo,
    about,
    subject,
    cause,
    state,
    error,
  };
  await tx
    .insertInto('mails')
    .values({
      ...row,
      account_id: accountId,
      mail_id: id,
      content: JSON.stringify(content),
      created_at: createdAt,
      tried_at: null,
      expires_at: expiresAt,
    })
    .execute();
}

export async function findMail(tx: Tx, accountId: string, mailId: string): Promise<StoredMail | undefined> {
  const row = await tx
    .selectFrom('mails')
    .selectAll()
    .where('account_id', '=', accountId)
    .where('mail_id', '=', mailId)
    .executeTakeFirst();
  return (
    row && {
      id: row.mail_id,
      to: { name: row.to_name, address: row.to_address },
      replyTo: row.reply_to,
      about: row.about,
      subject: row.subject,
      // The driver has parsed the jsonb.
      content: row.content as unknown as MailContent | null,
      state: row.state,
      createdAt: row.created_at,
      expiresAt: row.expires_at,
    }
  );
}

export async function listMailRows(tx: Tx, accountId: string, limit: number): Promise<Mail[]> {
  const rows = await tx
    .selectFrom('mails')
    .select(['mail_id as id', 'to_address as to', 'subject', 'state', 'tries', 'error'])
    .select(['created_at', 'tried_at'])
    .where('account_id', '=', accountId)
    .orderBy('created_at', 'desc')
    .orderBy('mail_id')
    .limit(limit)
    .execute();
  return rows.map(({ created_at, tried_at, ...rest }) => ({
    ...rest,
    createdAt: created_at.toISOString(),
    triedAt: tried_at?.toISOString() ?? null,
  }));
}

/** What became of a try. An error leaves it waiting unless it is given up. */
export async function noteTry(
  tx: Tx,
  accountId: string,
  mailId: string,
  outcome: { state: Mail['state']; error: string | null },
): Promise<void> {
  await tx
    .updateTable('mails')
    .set({ ...outcome, tries: sql`tries + 1`, tried_at: new Date() })
    .$if(outcome.state === 'sent', (query) => query.set({ content: null }))
    .where('account_id', '=', accountId)
    .where('mail_id', '=', mailId)
    .where('state', '=', 'waiting')
    .execute();
}

/** Makes a mail that was given up wait again. */
export async function reviveMail(tx: Tx, accountId: string, mailId: string): Promise<void> {
  await tx
    .updateTable('mails')
    .set({ state: 'waiting' })
    .where('account_id', '=', accountId)
    .where('mail_id', '=', mailId)
    .where('state', '=', 'failed')
    .execute();
}

/** How many mails of this cause were written since then; to one address, or of the whole account. */
export async function countMails(
  tx: Tx,
  accountId: string,
  { cause, since, to }: { cause: Cause; since: Date; to?: string | undefined },
): Promise<number> {
  const row = await tx
    .selectFrom('mails')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('account_id', '=', accountId)
    .where('created_at', '>', since)
    .where('cause', '=', cause)
    // What a limit has stopped does not count against it, or a flood would keep it shut.
    .where((eb) => eb.or([eb('state', '!=', 'failed'), eb('tries', '>', 0)]))
    .$if(to !== undefined, (query) => query.where('to_address', '=', to ?? ''))
    .executeTakeFirstOrThrow();
  return Number(row.count);
}

/** Forgets up to `limit` mails that are settled and older than `before`. */
export async function deleteOldMails(tx: Tx, accountId: string, before: Date, limit: number): Promise<void> {
  await tx
    .deleteFrom('mails')
    .where('account_id', '=', accountId)
    .where('mail_id', 'in', (eb) =>
      eb
        .selectFrom('mails')
        .select('mail_id')
        .where('account_id', '=', accountId)
        .where('created_at', '<', before)
        .where('state', '!=', 'waiting')
        .limit(limit),
    )
    .execute();
}
