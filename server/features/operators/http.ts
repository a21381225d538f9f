import { addedOperator } from '#protocol/memberships.ts';
import {
  addOperator as addBody,
  changeOperator as changeBody,
  changeProfile as profileBody,
  offlineRecipients as recipientsAnswer,
  operator,
  operatorParams,
  operators,
} from '#protocol/operators.ts';
import { Reply, route, type Route } from '../../core/http/route.ts';
import { RateLimit } from '../../core/rate-limit.ts';
import type { Context } from '../../context.ts';
import { addOperator } from './add-operator.ts';
import { changeOperator, changeProfile } from './change-operator.ts';
import { deleteOperator } from './delete-operator.ts';
import { forceLogOut } from './force-log-out.ts';
import { listOperators } from './list-operators.ts';
import { offlineRecipients } from './offline-recipients.ts';

export function operatorRoutes(context: Context): Route[] {
  // The answer tells whether an address is registered, and each request writes to somebody.
  const additions = new RateLimit({ perMinute: 1, burst: 60 });
  return [
    route({
      on: 'console',
      method: 'GET',
      path: '/v1/operators',
      who: 'operator',
      answer: operators,
      handle: async ({ actor }) => ({ operators: await listOperators(context, actor) }),
    }),
    route({
      on: 'console',
      method: 'GET',
      path: '/v1/offline-recipients',
      who: 'administrator',
      answer: recipientsAnswer,
      handle: ({ actor: { accountId } }) =>
        context.db.inAccount(accountId, async (tx) => ({
          recipients: await offlineRecipients(tx, accountId),
        })),
    }),
    route({
      on: 'console',
      method: 'POST',
      path: '/v1/operators',
      who: 'administrator',
      body: addBody,
      answer: addedOperator,
      handle: async ({ actor, body }) => {
        additions.check(actor.accountId);
        return new Reply(201, await addOperator(context, actor, body));
      },
    }),
    route({
      on: 'console',
      method: 'PATCH',
      path: '/v1/operators/:operatorId',
      who: 'administrator',
      params: operatorParams,
      body: changeBody,
      answer: operator,
      handle: ({ actor, params: { operatorId }, body }) => changeOperator(context, actor, operatorId, body),
    }),
    route({
      on: 'console',
      method: 'DELETE',
      path: '/v1/operators/:operatorId',
      who: 'administrator',
      params: operatorParams,
      handle: ({ actor, params: { operatorId } }) => deleteOperator(context, actor, operatorId),
    }),
    route({
      on: 'console',
      method: 'DELETE',
      path: '/v1/operators/:operatorId/sessions',
      who: 'administrator',
      params: operatorParams,
      handle: ({ actor, params: { operatorId } }) => forceLogOut(context, actor, operatorId),
    }),
    route({
      on: 'console',
      method: 'PATCH',
      path: '/v1/profile',
      who: 'operator',
      body: profileBody,
      answer: operator,
      handle: ({ actor, body: { name } }) => changeProfile(context, actor, name),
    }),
  ];
}
