import type { Unscoped } from './unscoped.ts';

const PAGE = 500;

type Key = { accountId: string; mailId: string };

/** Keys of the mails of all accounts that are to be sent, a page at a time. For a server that starts. */
export async function* waitingMails({ unscoped }: Unscoped): AsyncGenerator<Key[]> {
  const text = `select account_id as "accountId", mail_id as "mailId" from mails
    where state = 'waiting' and (account_id, mail_id) > ($1::uuid, $2::uuid) order by account_id, mail_id limit ${PAGE}`;
  let last: Key = { accountId: START, mailId: START };
  for (;;) {
    const { rows } = await unscoped.query<Key>({
      name: 'waiting-mails',
      text,
      values: [last.accountId, last.mailId],
    });
    if (rows.length > 0) yield rows;
    const end = rows.at(-1);
    if (end === undefined || rows.length < PAGE) return;
    last = end;
  }
}

const START = '00000000-0000-0000-0000-000000000000';
