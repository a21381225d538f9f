import { Button } from '@mantine/core';
import { modals } from '@mantine/modals';
import { IconEye } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useAction } from '../../core/actions.ts';
import styles from './chat-pane.module.css';

/** OC-16: an administrator looks at the chat of another. `name`: of the owner. */
export function WatchBanner({ name, take }: { name: string; take: () => void }) {
  const { t } = useTranslation('conversations');
  const ask = () =>
    modals.openConfirmModal({
      title: t('takeOver.title', { name }),
      children: t('takeOver.says', { name }),
      labels: { confirm: t('takeOver.confirm'), cancel: t('takeOver.cancel') },
      closeButtonProps: { 'aria-label': t('takeOver.cancel') },
      confirmProps: { 'data-autofocus': true },
      onConfirm: take,
    });
  useAction({ id: 'take-over', label: t('action.takeOver'), run: ask });
  return (
    <div className={styles.watching}>
      <IconEye size={16} stroke={1.5} aria-hidden />
      <p role="status">{t('watching', { name })}</p>
      <Button variant="default" size="compact-sm" onClick={ask}>
        {t('takeOver.button')}
      </Button>
    </div>
  );
}
