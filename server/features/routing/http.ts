import {
  addDepartment as addDepartmentBody,
  changeDepartment as changeDepartmentBody,
  changeRouting as changeBody,
  departmentParams,
  destinationParams,
  putRule as putRuleBody,
  removeDepartment as removeDepartmentQuery,
  routing,
  routingDecision,
  ruleParams,
  setDestinations as setDestinationsBody,
  setRecipients as setRecipientsBody,
  simulate,
  undoSwitch as undoBody,
} from '#protocol/routing.ts';
import { Reply, route, type Route } from '../../core/http/route.ts';
import type { Context } from '../../context.ts';
import { addDepartment } from './add-department.ts';
import { changeDepartment } from './change-department.ts';
import { changeSettings } from './change-settings.ts';
import { putRule } from './put-rule.ts';
import { readRouting } from './read-routing.ts';
import { removeDepartment } from './remove-department.ts';
import { removeRule } from './remove-rule.ts';
import { setDestinations } from './set-destinations.ts';
import { setRecipients } from './set-recipients.ts';
import { simulateRequest } from './simulate-request.ts';
import { undoSwitch } from './undo-switch.ts';

/** What all changes have in common: an administrator makes them, and the answer is the whole newest state. */
const change = { on: 'console', who: 'administrator', answer: routing } as const;

export function routingRoutes(context: Context): Route[] {
  return [
    route({
      on: 'console',
      method: 'GET',
      path: '/v1/routing',
      who: 'operator',
      answer: routing,
      handle: ({ actor: { accountId } }) =>
        context.db.inAccount(accountId, (tx) => readRouting(tx, accountId)),
    }),
    route({
      ...change,
      method: 'PATCH',
      path: '/v1/routing',
      body: changeBody,
      handle: ({ actor, body }) => changeSettings(context, actor, body),
    }),
    route({
      ...change,
      method: 'POST',
      path: '/v1/routing/undo',
      body: undoBody,
      handle: ({ actor }) => undoSwitch(context, actor),
    }),
    route({
      on: 'console',
      method: 'POST',
      path: '/v1/routing/simulate',
      who: 'administrator',
      body: simulate,
      answer: routingDecision,
      handle: ({ actor, body }) => simulateRequest(context, actor, body),
    }),
    route({
      ...change,
      method: 'POST',
      path: '/v1/departments',
      body: addDepartmentBody,
      handle: async ({ actor, body }) => new Reply(201, await addDepartment(context, actor, body)),
    }),
    route({
      ...change,
      method: 'PUT',
      path: '/v1/departments/:departmentId',
      params: departmentParams,
      body: changeDepartmentBody,
      handle: ({ actor, params, body }) => changeDepartment(context, actor, params.departmentId, body),
    }),
    route({
      ...change,
      method: 'DELETE',
      path: '/v1/departments/:departmentId',
      params: departmentParams,
      query: removeDepartmentQuery,
      handle: ({ actor, params, query }) =>
        removeDepartment(context, actor, params.departmentId, query.removes),
    }),
    route({
      ...change,
      method: 'PUT',
      path: '/v1/operators/:operatorId/destinations',
      params: destinationParams,
      body: setDestinationsBody,
      handle: ({ actor, params, body }) =>
        setDestinations(context, actor, params.operatorId, body.destinations),
    }),
    route({
      ...change,
      method: 'POST',
      path: '/v1/url-rules',
      body: putRuleBody,
      handle: async ({ actor, body }) => new Reply(201, await putRule(context, actor, undefined, body)),
    }),
    route({
      ...change,
      method: 'PUT',
      path: '/v1/url-rules/:ruleId',
      params: ruleParams,
      body: putRuleBody,
      handle: ({ actor, params, body }) => putRule(context, actor, params.ruleId, body),
    }),
    route({
      ...change,
      method: 'DELETE',
      path: '/v1/url-rules/:ruleId',
      params: ruleParams,
      handle: ({ actor, params }) => removeRule(context, actor, params.ruleId),
    }),
    route({
      ...change,
      method: 'PUT',
      path: '/v1/offline-recipients',
      body: setRecipientsBody,
      handle: ({ actor, body }) => setRecipients(context, actor, body.operators),
    }),
  ];
}
