import type { OperatorActor } from '../../core/actor.ts';
import { notFound, Refusal } from '../../core/errors.ts';
import type { Context } from '../../context.ts';
import { mailQueue } from './queue.ts';
import { findMail, reviveMail } from './store.ts';

/** Tries a mail that waits or was given up again, now. Throws `not_found`, or `conflict` when it was sent. */
export async function retryMail(
  { db, jobs }: Context,
  { accountId }: OperatorActor,
  mailId: string,
): Promise<void> {
  await db.inAccount(accountId, async (tx) => {
    const mail = await findMail(tx, accountId, mailId);
    if (!mail) throw notFound('e-mail');
    if (mail.state === 'sent') throw new Refusal('conflict', 'This e-mail has been sent already.');
    await reviveMail(tx, accountId, mailId);
    await jobs.add(tx, mailQueue, mailId, { accountId, mailId });
  });
}
