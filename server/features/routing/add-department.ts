import type * as z from 'zod/mini';
import type { addDepartment as schema, Routing } from '#protocol/routing.ts';
import type { OperatorActor } from '../../core/actor.ts';
import { Refusal } from '../../core/errors.ts';
import type { Context } from '../../context.ts';
import { changeRouting, existing } from './change-routing.ts';
import { checkName } from './check-name.ts';
import { insertDepartments, insertDestinations } from './store.ts';
import { switchDepartments } from './switch-departments.ts';

const MOST = 100;

/**
 * Adds a department; its operators serve it in all languages of the account. The first one switches departments on,
 * which takes all destinations (OP-11); more of them do not hinder undoing that. Throws `conflict` when the name is taken
 * or `removes` is not how many go, `limit_reached`, and `not_found` for an operator that is none.
 */
export function addDepartment(
  context: Context,
  actor: OperatorActor,
  { name, operators, removes }: z.infer<typeof schema>,
): Promise<Routing> {
  const { accountId } = actor;
  return changeRouting(context, actor, async (tx, before) => {
    const { departments, settings } = before;
    if (departments.length >= MOST)
      throw new Refusal(
        'limit_reached',
        `An account has at most ${MOST} departments. Please remove one first.`,
      );
    checkName(departments, name);
    const members = await existing(tx, accountId, operators);
    const department = { id: crypto.randomUUID(), name };
    if (departments.length === 0) await switchDepartments(tx, accountId, before, 'on', removes);
    await insertDepartments(tx, accountId, [department]);
    const rows = members.flatMap((operatorId) =>
      settings.languages.map((language) => ({ operatorId, language, departmentId: department.id })),
    );
    await insertDestinations(tx, accountId, rows);
  });
}
