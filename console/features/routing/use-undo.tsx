import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useTranslation } from 'react-i18next';
import type { Routing } from '#protocol/routing.ts';
import styles from './routing.module.css';
import { tell, useQuickChange } from './use-routing-change.ts';

const TOAST = 'departments-switched';

/** OP-11: the way back from the last switch of departments; `offer` shows it in a toast, on whatever page one is. */
export function useUndo() {
  const { t } = useTranslation('routing');
  const { mutate, isPending } = useQuickChange();
  const undo = () => {
    notifications.hide(TOAST);
    mutate({ method: 'POST', path: '/v1/routing/undo', body: {}, onDone: tell(t('undo.done')) });
  };
  const offer = ({ departments }: Routing) =>
    notifications.show({
      id: TOAST,
      autoClose: 15_000,
      message: (
        <span className={styles.toast}>
          {t(departments.length > 0 ? 'undo.on' : 'undo.off')}
          <Button variant="default" size="compact-sm" onClick={undo}>
            {t('undo.button')}
          </Button>
        </span>
      ),
    });
  return { undo, offer, isPending };
}
