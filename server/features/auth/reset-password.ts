import * as z from 'zod/mini';
import type { redeemReset as redeemSchema } from '#protocol/auth.ts';
import { Refusal } from '../../core/errors.ts';
import type { RequestInfo } from '../../core/http/route.ts';
import { job, type Job, type Queue } from '../../core/jobs/queue.ts';
import { openTicket } from '../../core/ticket.ts';
import type { Context } from '../../context.ts';
import { headerText, INSTALLATION, sendMail } from '../mail/send-mail.ts';
import { cutLines } from './end-session.ts';
import { hashPassword } from './password.ts';
import { openSession, type Opened } from './sign-in.ts';
import { deleteAllSessions, lockPersonByEmail, setPasswordHash, setVerified } from './store.ts';
import { openVerification, spendVerification } from './verifications.ts';

/** Whom a request for a new password may mean is looked up later, and by nobody who waits for the answer. */
export const resetQueue = {
  name: 'password-reset',
  payload: z.object({ email: z.string(), askedAt: z.number() }),
  retry: { times: 5, first: 30, longest: 600 },
} satisfies Queue;

const STALE_MS = 3_600_000;

/**
 * Somebody has forgotten the password of this address. The same is done and answered whether the address is anybody's
 * or not (C1): a note is left, and only its job finds out.
 */
export async function askForReset({ db, jobs }: Context, email: string): Promise<void> {
  const address = email.toLowerCase();
  await db.inAccount(INSTALLATION, (tx) =>
    jobs.add(tx, resetQueue, address, { email: address, askedAt: Date.now() }),
  );
}

/** None while e-mail is not set up: nobody could be told. */
export const resetJobs = (context: Context): Job[] =>
  context.config.mail ? [job(resetQueue, (asked) => mailReset(context, asked))] : [];

async function mailReset(
  context: Context,
  { email, askedAt }: z.infer<typeof resetQueue.payload>,
): Promise<void> {
  if (Date.now() - askedAt > STALE_MS) return;
  await context.db.inAccount(INSTALLATION, async (tx) => {
    // Locked, so that requests that come together count each other.
    const person = await lockPersonByEmail(tx, email);
    if (!person) return;
    const { id, expiresAt } = await openVerification(tx, 'reset-password', person);
    await sendMail(context, tx, INSTALLATION, {
      to: { name: headerText(person.name), address: person.email },
      subject: 'A new password for Foyer',
      content: {
        brand: 'Foyer',
        title: 'Choose a new password',
        blocks: [
          {
            kind: 'text',
            text: 'Somebody, probably you, has asked for a new password for this e-mail address.',
          },
          { kind: 'link', label: 'Choose a new password', path: '/reset-password', ticket: id },
          {
            kind: 'text',
            text: 'The link works once, for one hour. If it was not you, do nothing: your password stays as it is.',
          },
        ],
        why: `You get this because a new password was asked for ${person.email}.`,
      },
      cause: 'anyone',
      expiresAt,
    });
  });
}

/**
 * The link of the mail and a new password: ends every session of the person (C5) and opens one here. The mail has reached
 * the person, so the address is verified too. Throws `not_allowed` for a link that is spent, too old or not ours.
 */
export async function redeemReset(
  context: Context,
  { token, password }: z.infer<typeof redeemSchema>,
  request: RequestInfo,
): Promise<Opened> {
  const id = openTicket(context.key('ticket'), token);
  if (id === undefined) throw useless();
  const hash = await hashPassword(password);
  const { email, ended } = await context.db.persons.transaction().execute(async (tx) => {
    const spent = await spendVerification(tx, 'reset-password', id);
    if (!spent || !(await setVerified(tx, spent.personId, spent.email))) throw useless();
    await setPasswordHash(tx, spent.personId, hash);
    return { email: spent.email, ended: await deleteAllSessions(tx, spent.personId) };
  });
  for (const sessionId of ended) cutLines(context, sessionId);
  const opened = await openSession(context, { email, password }, request);
  if (!opened) throw new Error('a person whose password was just set cannot sign in');
  return opened;
}

const useless = (): Refusal =>
  new Refusal('not_allowed', 'This link is not valid (any more). Please ask for a new one.');
