import type { Routing } from '#protocol/routing.ts';
import type { OperatorActor } from '../../core/actor.ts';
import { Refusal } from '../../core/errors.ts';
import type { Context } from '../../context.ts';
import { changeRouting } from './change-routing.ts';
import {
  deleteDepartments,
  deleteDestinations,
  insertDepartments,
  insertDestinations,
  storeUndo,
} from './store.ts';

/**
 * Puts back the departments and destinations that the last switch took (OP-11); those of operators who have been deleted
 * since stay away. Throws `conflict` when there is nothing to undo.
 */
export function undoSwitch(context: Context, actor: OperatorActor): Promise<Routing> {
  const { accountId } = actor;
  return changeRouting(context, actor, async (tx, { undo }) => {
    if (!undo)
      throw new Refusal(
        'conflict',
        'Departments or destinations have changed since, so there is nothing to undo.',
      );
    await deleteDestinations(tx, accountId);
    await deleteDepartments(tx, accountId);
    await insertDepartments(tx, accountId, undo.departments);
    const rows = Object.entries(undo.destinations).flatMap(([operatorId, all]) =>
      all.map((one) => ({ operatorId, ...one })),
    );
    await insertDestinations(tx, accountId, rows);
    await storeUndo(tx, accountId, null);
  });
}
