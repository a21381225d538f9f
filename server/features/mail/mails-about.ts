import type { Tx } from '../../core/database/database.ts';

/** The mails to one address about one thing, oldest first; those that have not left yet or were given up too. */
export async function mailsAbout(
  tx: Tx,
  accountId: string,
  { about, to }: { about: string; to: string },
): Promise<{ id: string; subject: string; replyTo: string | null }[]> {
  return tx
    .selectFrom('mails')
    .select(['mail_id as id', 'subject', 'reply_to as replyTo'])
    .where('account_id', '=', accountId)
    .where('about', '=', about)
    .where('to_address', '=', to)
    .orderBy('created_at')
    .orderBy('mail_id')
    .execute();
}
