import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import styles from './routing.module.css';

/** Somebody else changed what is being edited here: what was written stays, and the other is one press away. */
export function ChangedElsewhere({ onTheirs }: { onTheirs: () => void }) {
  const { t } = useTranslation('routing');
  return (
    <p className={styles.notice} data-tone="warn" role="status">
      <span>{t('elsewhere.says')}</span>
      <Button variant="default" size="compact-sm" onClick={onTheirs}>
        {t('elsewhere.theirs')}
      </Button>
    </p>
  );
}
