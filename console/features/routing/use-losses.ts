import { useTranslation } from 'react-i18next';
import type { Destination, Routing } from '#protocol/routing.ts';
import { useOperators } from '../../core/client.tsx';
import { names } from '../../core/format.ts';
import { countDestinations, leftWithNone } from './count-destinations.ts';

/**
 * What a removal takes, said before it does (OP-11): how many destinations, and who has none then and so serves every
 * language.
 */
export function useLosses() {
  const { t } = useTranslation('routing');
  const operators = useOperators();
  return (routing: Routing, goes: (destination: Destination) => boolean, departmentsStay: boolean) => {
    const { count, operators: of } = countDestinations(routing, goes);
    const free = leftWithNone(routing, goes).flatMap((id) => operators.get(id)?.name ?? []);
    const list = names(free.sort((a, b) => a.localeCompare(b)));
    const widened = departmentsStay ? 'switch.widenedWithDepartments' : 'switch.widened';
    return {
      count,
      goes: t('switch.goes', { count, of: t('operators', { count: of }) }),
      widens: free.length === 0 ? [] : [t(widened, { count: free.length, names: list })],
    };
  };
}
