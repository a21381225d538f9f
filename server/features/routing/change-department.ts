import type * as z from 'zod/mini';
import type { changeDepartment as schema, Routing } from '#protocol/routing.ts';
import type { OperatorActor } from '../../core/actor.ts';
import { notFound } from '../../core/errors.ts';
import type { Context } from '../../context.ts';
import { changeRouting, existing } from './change-routing.ts';
import { checkName } from './check-name.ts';
import { deleteDestinations, insertDestinations, renameDepartment, storeUndo } from './store.ts';

/**
 * Renames a department and says who is in it. Who comes serves it in all languages of the account, who goes in none,
 * who stays as before. Throws `not_found`, and `conflict` when the name is taken.
 */
export function changeDepartment(
  context: Context,
  actor: OperatorActor,
  departmentId: string,
  { name, operators }: z.infer<typeof schema>,
): Promise<Routing> {
  const { accountId } = actor;
  return changeRouting(context, actor, async (tx, { departments, settings }) => {
    const department = departments.find(({ id }) => id === departmentId);
    if (!department) throw notFound('department');
    checkName(departments, name, departmentId);
    if (name !== department.name) await renameDepartment(tx, accountId, departmentId, name);
    const members = await existing(tx, accountId, operators);
    const gone = department.operators.filter((one) => !members.includes(one));
    const come = members.filter((one) => !department.operators.includes(one));
    if (gone.length > 0) await deleteDestinations(tx, accountId, { operatorIds: gone, departmentId });
    const rows = come.flatMap((operatorId) =>
      settings.languages.map((language) => ({ operatorId, language, departmentId })),
    );
    await insertDestinations(tx, accountId, rows);
    await storeUndo(tx, accountId, null);
  });
}
