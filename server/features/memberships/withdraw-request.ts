import type { OperatorActor } from '../../core/actor.ts';
import { notFound } from '../../core/errors.ts';
import type { Context } from '../../context.ts';
import { deleteRequest } from './store.ts';

/** The account does not ask any more. Throws `not_found`. */
export async function withdrawRequest(
  { db }: Context,
  { accountId }: OperatorActor,
  requestId: string,
): Promise<void> {
  if (!(await db.inAccount(accountId, (tx) => deleteRequest(tx, accountId, requestId))))
    throw notFound('request');
}
