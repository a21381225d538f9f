import { useTranslation } from 'react-i18next';
import type { Department, Routing } from '#protocol/routing.ts';
import { ask } from './ask.tsx';
import { useLosses } from './use-losses.ts';
import { tell, useQuickChange } from './use-routing-change.ts';

/** Asks, and removes a department. The last one switches departments off, which can be undone (OP-11). */
export function useRemoveDepartment() {
  const { t } = useTranslation('routing');
  const { mutate } = useQuickChange();
  const losses = useLosses();
  return (routing: Routing, { id, name }: Department) => {
    const last = routing.departments.length === 1;
    const { count, goes, widens } = losses(routing, (one) => last || one.departmentId === id, !last);
    ask({
      title: t('departments.removeTitle', { name }),
      says: last
        ? [t('switch.offSays'), `${goes} ${t('switch.undoable')}`, ...widens]
        : [`${goes} ${t('departments.final')}`, ...widens],
      confirm: t('departments.remove'),
      danger: true,
      onConfirm: () =>
        mutate({
          method: 'DELETE',
          path: `/v1/departments/${id}?removes=${count}`,
          onDone: tell(t('departments.removed', { name })),
        }),
    });
  };
}
