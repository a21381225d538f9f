import type { Mails } from '#protocol/mail.ts';
import type { OperatorActor } from '../../core/actor.ts';
import type { Context } from '../../context.ts';
import { listMailRows } from './store.ts';

const SHOWN = 100;

/** The newest mails of the account, and whether any can leave. */
export async function listMails({ db, config }: Context, { accountId }: OperatorActor): Promise<Mails> {
  const mails = await db.inAccount(accountId, (tx) => listMailRows(tx, accountId, SHOWN));
  return { from: config.mail?.from.address ?? null, mails };
}
