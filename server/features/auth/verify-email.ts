import type { PersonActor } from '../../core/actor.ts';
import type { Tx } from '../../core/database/database.ts';
import { Refusal } from '../../core/errors.ts';
import { openTicket } from '../../core/ticket.ts';
import type { Context } from '../../context.ts';
import { headerText, INSTALLATION, sendMail } from '../mail/send-mail.ts';
import { findPerson, setVerified, type Person } from './store.ts';
import { openVerification, spendVerification } from './verifications.ts';

type Asked = Pick<Person, 'id' | 'name' | 'email'>;

/** Asks a person by e-mail whether the address is its own, in a transaction of the account whose mail it is (AC-01). */
export async function askToVerify(
  context: Pick<Context, 'jobs'>,
  tx: Tx,
  accountId: string,
  person: Asked,
): Promise<void> {
  const { id, expiresAt } = await openVerification(tx, 'verify-email', person);
  await sendMail(context, tx, accountId, {
    to: { name: headerText(person.name), address: person.email },
    subject: 'Please confirm your e-mail address',
    content: {
      brand: 'Foyer',
      title: 'Is this your e-mail address?',
      blocks: [
        { kind: 'text', text: `It was given to Foyer, a live chat, for ${person.name}.` },
        { kind: 'link', label: 'Confirm this address', path: '/verify-email', ticket: id },
        {
          kind: 'text',
          text: 'The link works for one day. If you do not know what this is about, do nothing.',
        },
      ],
      why: `You get this because somebody has signed up with ${person.email}.`,
    },
    cause: 'person',
    expiresAt,
  });
}

/** "Send again", for the person who is signed in. Throws `conflict` when there is nothing to confirm. */
export async function askAgain(context: Context, { personId }: PersonActor): Promise<void> {
  await context.db.inAccount(INSTALLATION, async (tx) => {
    const person = await findPerson(tx, personId);
    if (!person || person.emailVerified)
      throw new Refusal('conflict', 'Your e-mail address is confirmed already.');
    await askToVerify(context, tx, INSTALLATION, person);
  });
}

/** The link of the mail. Answers the address; throws `not_allowed` for a link that is spent, too old or not ours. */
export async function redeemVerification(context: Context, token: string): Promise<{ email: string }> {
  const id = openTicket(context.key('ticket'), token);
  const verified = await context.db.persons.transaction().execute(async (tx) => {
    const spent = id === undefined ? undefined : await spendVerification(tx, 'verify-email', id);
    return spent && (await setVerified(tx, spent.personId, spent.email)) ? spent.email : undefined;
  });
  if (verified === undefined)
    throw new Refusal('not_allowed', 'This link is not valid (any more). Sign in to get a new one.');
  return { email: verified };
}
