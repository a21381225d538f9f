import type { MembershipRequest } from '#protocol/memberships.ts';
import type { Role } from '#protocol/operators.ts';
import type { OperatorActor } from '../../core/actor.ts';
import { Refusal } from '../../core/errors.ts';
import type { Context } from '../../context.ts';
import { accountOf } from '../accounts/read-account.ts';
import { lockChanges } from '../accounts/change-stream.ts';
import { isOperator } from '../operators/is-operator.ts';
import { deleteExpired, insertRequest, listRequests } from './store.ts';

const DAYS = 30;
const MOST = 100;

export type Asked = { email: string; name: string; handle: string; role: Role };

/**
 * Asks the person behind an address to become an operator of the actor's account (OP-04). It answers the same whether
 * the address is verified or not: only whoever has proved that it is his sees the request. Throws `conflict` for
 * somebody who is an operator or was asked already, `limit_reached` at 100 requests.
 */
export async function requestMembership(
  { db }: Context,
  { accountId, name: askedBy }: OperatorActor,
  { email, name, handle, role }: Asked,
): Promise<MembershipRequest> {
  return db.inAccount(accountId, async (tx) => {
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
    const at = new Date();
    const request = {
      account_id: accountId,
      request_id: crypto.randomUUID(),
      email,
      account_title: (await accountOf(tx, accountId)).title,
      asked_by: askedBy,
      name,
      handle,
      role,
      created_at: at,
      expires_at: new Date(at.getTime() + DAYS * 86_400_000),
    };
    await insertRequest(tx, request);
    const [made] = (await listRequests(tx, accountId)).filter(({ id }) => id === request.request_id);
    if (!made) throw new Error('the request is not there');
    return made;
  });
}

function taken(field: 'email' | 'handle', what: string): Refusal {
  const sentence = `This ${field === 'email' ? 'person' : 'handle'} ${what}.`;
  return new Refusal('conflict', sentence, { fields: { [field]: sentence } });
}
