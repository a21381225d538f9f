import { job, type Job } from '../../core/jobs/queue.ts';
import type { Context } from '../../context.ts';
import { waitingMails } from '../../unscoped/waiting-mails.ts';
import { deliverMail } from './deliver-mail.ts';
import { mailQueue } from './queue.ts';
import { openSmtp } from './smtp.ts';

/** None while e-mail is not set up: then mails wait. */
export function mailJobs(context: Context): Job[] {
  const settings = context.config.mail;
  if (!settings) return [];
  const means = { smtp: openSmtp(settings), settings };
  return [job(mailQueue, (named, attempt) => deliverMail(context, means, named, attempt))];
}

/**
 * Sees to it that every mail that waits has a job: those of a restored backup, and of a server that had no mail set up,
 * have none. Those that have one are left as they are.
 */
export async function queueWaitingMails({ config, db, jobs }: Context): Promise<void> {
  if (!config.mail) return;
  for await (const mails of waitingMails(db)) {
    const all = mails.map(({ accountId, mailId }) => ({ key: mailId, payload: { accountId, mailId } }));
    await jobs.addMissing(mailQueue, all);
  }
}
