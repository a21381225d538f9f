import type { MyRequests } from '#protocol/memberships.ts';
import type { PersonActor } from '../../core/actor.ts';
import { notFound, Refusal } from '../../core/errors.ts';
import type { Context } from '../../context.ts';
import { addressOf } from '../auth/address-of.ts';
import { joinAccount } from '../operators/join-account.ts';
import { tellOperators } from '../operators/tell-operators.ts';
import { deleteRequest, findRequestTo, listRequestsTo } from './store.ts';

/** OC-19: the accounts that ask this person; none before its address is verified. */
export async function listMyRequests({ db }: Context, { personId }: PersonActor): Promise<MyRequests> {
  const { email, verified } = await addressOf(db.persons, personId);
  return { verified, requests: await db.asPerson(personId, (tx) => listRequestsTo(tx, email)) };
}

/** Makes the person an operator of the account that asks. Throws `not_found`, `conflict`, `limit_reached`. */
export async function confirmRequest(
  context: Context,
  person: PersonActor,
  requestId: string,
): Promise<void> {
  const request = await requestTo(context, person, requestId);
  const { account_id: accountId, name, handle, role, account_title: title, asked_by: askedBy } = request;
  const { operator, seq } = await context.db.inAccount(accountId, async (tx) => {
    if (!(await deleteRequest(tx, accountId, requestId))) throw notFound('request');
    return joinAccount(tx, accountId, { personId: person.personId, name, handle, role }).catch(
      (error: unknown) => {
        if (!(error instanceof Refusal) || error.code !== 'conflict') throw error;
        const sentence = `Somebody else in ${title} is called "${handle}" now. Please ask ${askedBy} for a new request.`;
        throw new Refusal('conflict', sentence);
      },
    );
  });
  tellOperators(context, accountId, seq, { operators: [operator] });
}

/** Throws `not_found`. */
export async function declineRequest(
  context: Context,
  person: PersonActor,
  requestId: string,
): Promise<void> {
  const { account_id: accountId } = await requestTo(context, person, requestId);
  if (!(await context.db.inAccount(accountId, (tx) => deleteRequest(tx, accountId, requestId))))
    throw notFound('request');
}

async function requestTo({ db }: Context, { personId }: PersonActor, requestId: string) {
  const { email } = await addressOf(db.persons, personId);
  const request = await db.asPerson(personId, (tx) => findRequestTo(tx, email, requestId));
  if (!request) throw notFound('request');
  return request;
}
