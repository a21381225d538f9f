import { addedOperator, addOperator as addBody, operators } from '#protocol/operators.ts';
import { Reply, route, type Route } from '../../core/http/route.ts';
import type { Context } from '../../context.ts';
import { addOperator } from './add-operator.ts';
import { listOperators } from './list-operators.ts';

export function operatorRoutes(context: Context): Route[] {
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
      method: 'POST',
      path: '/v1/operators',
      who: 'administrator',
      perMinute: 60,
      body: addBody,
      answer: addedOperator,
      handle: async ({ actor, body }) => new Reply(201, await addOperator(context, actor, body)),
    }),
  ];
}
