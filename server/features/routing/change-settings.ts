import type * as z from 'zod/mini';
import type { changeRouting as schema, Routing, RoutingSettings } from '#protocol/routing.ts';
import type { OperatorActor } from '../../core/actor.ts';
import { Refusal } from '../../core/errors.ts';
import type { Context } from '../../context.ts';
import { accountOf } from '../accounts/read-account.ts';
import { isTimeZone } from './business-hours.ts';
import { changeRouting } from './change-routing.ts';
import { confirmRemoval } from './confirm-removal.ts';
import { deleteDestinationsExcept, mergeSettings, storeUndo } from './store.ts';

/**
 * Changes what is named. With a language its destinations go (OP-11). Throws `invalid` for a zone that is none, a date
 * that is named twice, or languages without the account's own; `conflict` when `removes` is not how many destinations go.
 */
export function changeSettings(
  context: Context,
  actor: OperatorActor,
  { removes, ...change }: z.infer<typeof schema>,
): Promise<Routing> {
  const { accountId } = actor;
  return changeRouting(context, actor, async (tx, before) => {
    const { languages, hours } = change;
    if (hours) checkHours(hours);
    if (languages) {
      const { language } = await accountOf(tx, accountId);
      if (!languages.includes(language))
        throw refuse('languages', `The account's own language (${language}) is always one of them.`);
      const gone = before.settings.languages.filter((one) => !languages.includes(one));
      if (gone.length > 0) {
        const what = `Removing ${gone.join(' and ')} from the languages`;
        confirmRemoval(what, before, ({ language: one }) => gone.includes(one), removes);
        await deleteDestinationsExcept(tx, accountId, languages);
        await storeUndo(tx, accountId, null);
      }
    }
    await mergeSettings(tx, accountId, { ...change, languages: languages && [...new Set(languages)] });
  });
}

function checkHours({ timeZone, exceptions }: NonNullable<RoutingSettings['hours']>): void {
  if (!isTimeZone(timeZone))
    throw refuse('hours.timeZone', `"${timeZone}" is not a time zone. It looks like Europe/Zagreb.`);
  const dates = exceptions.map(({ date }) => date);
  const twice = dates.find((date, index) => dates.indexOf(date) !== index);
  if (twice !== undefined)
    throw refuse('hours.exceptions', `${twice} is there twice. Please put its hours together.`);
}

const refuse = (field: string, sentence: string) =>
  new Refusal('invalid', sentence, { fields: { [field]: sentence } });
