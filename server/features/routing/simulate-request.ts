import type * as z from 'zod/mini';
import type { RoutingDecision, simulate as schema } from '#protocol/routing.ts';
import type { OperatorActor } from '../../core/actor.ts';
import { notFound } from '../../core/errors.ts';
import type { Context } from '../../context.ts';
import { readRoutedOperators, readRoutingConfig } from './read-routing.ts';
import { route } from './route.ts';

/** Who would get such a visitor (OP-13)? The same decision as for a real one. Throws `not_found` for a department. */
export function simulateRequest(
  { db }: Context,
  { accountId }: OperatorActor,
  { page, language, departmentId, at }: z.infer<typeof schema>,
): Promise<RoutingDecision> {
  return db.inAccount(accountId, async (tx) => {
    const config = await readRoutingConfig(tx, accountId);
    if (departmentId !== null && !config.departments.some(({ id }) => id === departmentId))
      throw notFound('department');
    const operators = await readRoutedOperators(tx, accountId);
    const when = at === null ? new Date() : new Date(at);
    return route(config, operators, { page, language, departmentId, at: when, except: new Set() });
  });
}
