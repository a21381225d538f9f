import { membershipRequests, myRequests, requestParams } from '#protocol/memberships.ts';
import { operatorParams } from '#protocol/operators.ts';
import { route, type Route } from '../../core/http/route.ts';
import type { Context } from '../../context.ts';
import { leaveAccount } from './leave-account.ts';
import { listRequests } from './list-requests.ts';
import { confirmRequest, declineRequest, listMyRequests } from './my-requests.ts';
import { withdrawRequest } from './withdraw-request.ts';

export function membershipRoutes(context: Context): Route[] {
  return [
    route({
      on: 'console',
      method: 'GET',
      path: '/v1/membership-requests',
      who: 'administrator',
      answer: membershipRequests,
      handle: async ({ actor }) => ({ requests: await listRequests(context, actor) }),
    }),
    route({
      on: 'console',
      method: 'DELETE',
      path: '/v1/membership-requests/:requestId',
      who: 'administrator',
      params: requestParams,
      handle: ({ actor, params: { requestId } }) => withdrawRequest(context, actor, requestId),
    }),
    route({
      on: 'console',
      method: 'GET',
      path: '/v1/person/membership-requests',
      who: 'person',
      answer: myRequests,
      handle: ({ actor }) => listMyRequests(context, actor),
    }),
    route({
      on: 'console',
      method: 'POST',
      path: '/v1/person/membership-requests/:requestId',
      who: 'person',
      params: requestParams,
      handle: ({ actor, params: { requestId } }) => confirmRequest(context, actor, requestId),
    }),
    route({
      on: 'console',
      method: 'DELETE',
      path: '/v1/person/membership-requests/:requestId',
      who: 'person',
      params: requestParams,
      handle: ({ actor, params: { requestId } }) => declineRequest(context, actor, requestId),
    }),
    route({
      on: 'console',
      method: 'DELETE',
      path: '/v1/person/memberships/:operatorId',
      who: 'person',
      params: operatorParams,
      handle: ({ actor, params: { operatorId } }) => leaveAccount(context, actor, operatorId),
    }),
  ];
}
