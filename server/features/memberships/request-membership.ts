import type { MembershipRequest } from '#protocol/memberships.ts';
import type { Role } from '#protocol/operators.ts';
import type { OperatorActor } from '../../core/actor.ts';
import type { Tx } from '../../core/database/database.ts';
import { Refusal } from '../../core/errors.ts';
import type { Context } from '../../context.ts';
import { accountOf } from '../accounts/read-account.ts';
import { lockChanges } from '../accounts/change-stream.ts';
import { isOperator } from '../operators/is-operator.ts';
import { headerText, sendMail } from '../mail/send-mail.ts';
import { deleteExpired, insertRequest, listRequests, presentRequest, type RequestRow } from './store.ts';

const DAYS = 30;
const MOST = 100;

export type Asked = { email: string; name: string; handle: string; role: Role };

/**
 * Asks the person behind an address to become an operator of the actor's account (OP-04). It answers the same whether
 * the address is verified or not: only whoever has proved that it is his sees the request. Throws `conflict` for
 * somebody who is an operator or was asked already, `limit_reached` at 100 requests.
 */
export async function requestMembership(
  context: Context,
  { accountId, name: askedBy }: OperatorActor,
  { email, name, handle, role }: Asked,
): Promise<MembershipRequest> {
  return context.db.inAccount(accountId, async (tx) => {
    await lockChanges(tx, accountId);
    await deleteExpired(tx, accountId);
    if (await isOperator(tx, accountId, { email })) throw taken('email', 'is an operator of this account');
    if (await isOperator(tx, accountId, { handle })) throw taken('handle', 'is in use in this account');
    const waiting = await listRequests(tx, accountId);
    if (waiting.some((one) => one.email === email)) throw taken('email', 'was asked already');
    if (waiting.length >= MOST) {
      const sentence = `${MOST} people were asked and have not answered. Please withdraw a request first.`;
      throw new Refusal('limit_reached', sentence);
    }
    const { title } = await accountOf(tx, accountId);
    const at = new Date();
    const request = {
      account_id: accountId,
      request_id: crypto.randomUUID(),
      email,
      account_title: title,
      asked_by: askedBy,
      name,
      handle,
      role,
      created_at: at,
      expires_at: new Date(at.getTime() + DAYS * 86_400_000),
    };
    await insertRequest(tx, request);
    await writeTo(context, tx, request);
    return presentRequest(request);
  });
}

/** To the address, whoever has registered with it: its owner proves it by this or another mail. */
async function writeTo(context: Context, tx: Tx, request: RequestRow): Promise<void> {
  const { account_id, account_title: title, asked_by: askedBy, name, email, expires_at } = request;
  await sendMail(context, tx, account_id, {
    to: { name: headerText(name), address: email },
    subject: headerText(`${askedBy} asks you to answer the chats of ${title}`, 200),
    content: {
      brand: title,
      title: `Will you answer the chats of ${title}?`,
      blocks: [
        { kind: 'text', text: `${askedBy} asks you to join ${title} as an operator called ${name}.` },
        { kind: 'link', label: 'Answer the request', path: '/settings/companies' },
        {
          kind: 'text',
          text: `It is open for ${DAYS} days. Sign in with your own password; nothing happens unless you confirm.`,
        },
      ],
      why: `You get this because an administrator of ${title} has named ${email}.`,
    },
    cause: 'person',
    expiresAt: expires_at,
  });
}

function taken(field: 'email' | 'handle', what: string): Refusal {
  const sentence = `This ${field === 'email' ? 'person' : 'handle'} ${what}.`;
  return new Refusal('conflict', sentence, { fields: { [field]: sentence } });
}
