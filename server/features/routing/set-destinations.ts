import type { Destination, Routing } from '#protocol/routing.ts';
import type { OperatorActor } from '../../core/actor.ts';
import { notFound, Refusal } from '../../core/errors.ts';
import type { Context } from '../../context.ts';
import { changeRouting, existing } from './change-routing.ts';
import { deleteDestinations, insertDestinations, storeUndo } from './store.ts';

/**
 * "Destination management" (OP-11): what an operator serves, whole. Throws `not_found` for an operator or a department
 * that is none, and `invalid` for a language that the account does not have, or a department too many or too few.
 */
export function setDestinations(
  context: Context,
  actor: OperatorActor,
  operatorId: string,
  destinations: Destination[],
): Promise<Routing> {
  const { accountId } = actor;
  return changeRouting(context, actor, async (tx, { settings, departments }) => {
    await existing(tx, accountId, [operatorId]);
    for (const { language, departmentId } of destinations) {
      if (!settings.languages.includes(language))
        throw refuse(`The account does not have the language "${language}". Please add it first.`);
      if (departmentId === null && departments.length > 0)
        throw refuse('Please choose a department as well.');
      if (departmentId !== null && !departments.some(({ id }) => id === departmentId))
        throw notFound('department');
    }
    await deleteDestinations(tx, accountId, { operatorIds: [operatorId] });
    await insertDestinations(
      tx,
      accountId,
      destinations.map((destination) => ({ operatorId, ...destination })),
    );
    await storeUndo(tx, accountId, null);
  });
}

const refuse = (sentence: string) => new Refusal('invalid', sentence, { fields: { destinations: sentence } });
