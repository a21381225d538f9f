import { useTranslation } from 'react-i18next';
import type { Department, Routing } from '#protocol/routing.ts';
import { ask } from './ask.tsx';
import { countDestinations } from './count-destinations.ts';
import { tell, useQuickChange } from './use-routing-change.ts';
import { useUndo } from './use-undo.tsx';

/** Asks, and removes a department. The last one switches departments off, which can be undone (OP-11). */
export function useRemoveDepartment() {
  const { t } = useTranslation('routing');
  const { mutate } = useQuickChange();
  const { offer } = useUndo();
  return (routing: Routing, { id, name }: Department) => {
    const last = routing.departments.length === 1;
    const { count, operators } = countDestinations(routing, (one) => last || one.departmentId === id);
    const goes = t('switch.goes', { count, of: t('operators', { count: operators }) });
    ask({
      title: t('departments.removeTitle', { name }),
      says: last
        ? [t('switch.offSays'), `${goes} ${t('switch.undoable')}`]
        : [`${goes} ${t('departments.final')}`],
      confirm: t('departments.remove'),
      danger: true,
      onConfirm: () =>
        mutate({
          method: 'DELETE',
          path: `/v1/departments/${id}${last ? `?removes=${count}` : ''}`,
          onDone: last ? offer : tell(t('departments.removed', { name })),
        }),
    });
  };
}
