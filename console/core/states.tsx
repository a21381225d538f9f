import { Button } from '@mantine/core';
import { IconAlertTriangle, IconLock } from '@tabler/icons-react';
import { type ReactNode, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from './api.ts';
import styles from './states.module.css';

/** Nothing here: one sentence and the one thing to do about it. */
export function Empty({ says, icon, children }: { says: string; icon?: ReactNode; children?: ReactNode }) {
  return (
    <div className={styles.state}>
      {icon !== undefined && <span aria-hidden>{icon}</span>}
      <p>{says}</p>
      {children}
    </div>
  );
}

/** What went wrong, why, and a way to try again. A refusal for lack of rights says so and offers no repeat. */
export function Failure({ error, retry }: { error: unknown; retry?: (() => void) | undefined }) {
  const { t } = useTranslation('core');
  const denied = error instanceof ApiError && error.code === 'not_allowed';
  if (denied) return <NotPermitted />;
  const why = error instanceof ApiError ? error.message : t('failure.unknown');
  return (
    <div className={styles.state} role="alert">
      <IconAlertTriangle size={20} stroke={1.5} className={styles.error} aria-hidden />
      <p>
        <strong>{t('failure.title')}</strong> {why}
      </p>
      {retry !== undefined && (
        <Button variant="default" onClick={retry}>
          {t('failure.retry')}
        </Button>
      )}
    </div>
  );
}

export function NotPermitted() {
  const { t } = useTranslation('core');
  return (
    <div className={styles.state}>
      <IconLock size={20} stroke={1.5} aria-hidden />
      <h1>{t('notPermitted.title')}</h1>
      <p>{t('notPermitted.says')}</p>
    </div>
  );
}

/** Grey bars where lines will be; only after 200 ms, so that a fast answer never flashes. */
export function Skeleton({ rows, shape = 'line' }: { rows: number; shape?: 'line' | 'row' | 'field' }) {
  const { t } = useTranslation('core');
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), 200);
    return () => clearTimeout(timer);
  }, []);
  if (!late) return null;
  return (
    <div role="status" className={styles.skeleton} data-shape={shape}>
      <span className="visually-hidden">{t('loading')}</span>
      {Array.from({ length: rows }, (_, index) => (
        <span key={index} className={styles.bone} aria-hidden />
      ))}
    </div>
  );
}
