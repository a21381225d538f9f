import { Button } from '@mantine/core';
import { IconArrowBackUp } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { Routing } from '#protocol/routing.ts';
import styles from './routing.module.css';
import { tell, useQuickChange } from './use-routing-change.ts';

/** OP-11: the last switch of departments, and the way back from it; nothing when there is none. */
export function UndoSwitch({ routing: { undoable, departments } }: { routing: Routing }) {
  const { t } = useTranslation('routing');
  const { mutate, isPending } = useQuickChange();
  if (!undoable) return null;
  const undo = () =>
    mutate({ method: 'POST', path: '/v1/routing/undo', body: {}, onDone: tell(t('undo.done')) });
  return (
    <p className={styles.notice}>
      <IconArrowBackUp size={18} stroke={1.5} aria-hidden />
      <span>{t(departments.length > 0 ? 'undo.on' : 'undo.off')}</span>
      <Button variant="default" size="compact-sm" loading={isPending} onClick={undo}>
        {t('undo.button')}
      </Button>
    </p>
  );
}
