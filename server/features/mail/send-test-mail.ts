import type { OperatorActor } from '../../core/actor.ts';
import type { Context } from '../../context.ts';
import { readMe } from '../auth/read-me.ts';
import { headerText, sendMail } from './send-mail.ts';

/** An e-mail to the person who asks, so that he sees that e-mail works. */
export async function sendTestMail(context: Context, actor: OperatorActor): Promise<void> {
  const { person } = await readMe(context, actor.personId);
  await context.db.inAccount(actor.accountId, (tx) =>
    sendMail(context, tx, actor.accountId, {
      to: { name: headerText(person.name), address: person.email },
      subject: 'Test e-mail from Foyer',
      content: {
        brand: 'Foyer',
        title: 'E-mail works',
        blocks: [
          { kind: 'text', text: 'This Foyer can reach you by e-mail.' },
          { kind: 'link', label: 'Open Foyer', path: '/settings/email' },
        ],
        why: 'You get this because you asked for a test on the page Settings > E-mail.',
      },
      cause: 'person',
    }),
  );
}
