import type { Routing } from '#protocol/routing.ts';
import type { OperatorActor } from '../../core/actor.ts';
import { notFound } from '../../core/errors.ts';
import type { Context } from '../../context.ts';
import { changeRouting } from './change-routing.ts';
import { confirmRemoval } from './confirm-removal.ts';
import { deleteDepartments, storeUndo } from './store.ts';
import { switchDepartments } from './switch-departments.ts';

/**
 * Removes a department with its destinations. The last one switches departments off (OP-11). Throws `not_found`, and
 * `conflict` when `removes` is not how many destinations that takes.
 */
export function removeDepartment(
  context: Context,
  actor: OperatorActor,
  departmentId: string,
  removes: number | undefined,
): Promise<Routing> {
  const { accountId } = actor;
  return changeRouting(context, actor, async (tx, before) => {
    if (!before.departments.some(({ id }) => id === departmentId)) throw notFound('department');
    if (before.departments.length === 1) await switchDepartments(tx, accountId, before, 'off', removes);
    else {
      confirmRemoval('Removing the department', before, (one) => one.departmentId === departmentId, removes);
      await storeUndo(tx, accountId, null);
    }
    await deleteDepartments(tx, accountId, departmentId);
  });
}
