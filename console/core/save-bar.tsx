import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import styles from './save-bar.module.css';

/** Sticks to the end of a form, and is there only while something is not saved. */
export function SaveBar({
  dirty,
  saving,
  onDiscard,
  label,
}: {
  dirty: boolean;
  saving: boolean;
  onDiscard: () => void;
  label?: string | undefined;
}) {
  const { t } = useTranslation('core');
  if (!dirty) return null;
  return (
    <div className={styles.bar} role="status">
      <span>{t('unsaved')}</span>
      <Button variant="default" onClick={onDiscard}>
        {t('discard')}
      </Button>
      <Button type="submit" loading={saving}>
        {label ?? t('save')}
      </Button>
    </div>
  );
}
