import { useTranslation } from 'react-i18next';
import { useEffect, useState } from 'react';
import { ApiError } from './api.ts';
import styles from './page.module.css';
import { useNow } from './use-now.ts';

/** Seconds that a rate limit still asks to wait after `error`; 0 when there is nothing to wait for. */
export function useWait(error: unknown): number {
  const now = useNow('second');
  const [until, setUntil] = useState(0);
  useEffect(() => {
    setUntil(error instanceof ApiError && error.after !== undefined ? Date.now() + error.after * 1000 : 0);
  }, [error]);
  return Math.max(0, Math.ceil((until - now) / 1000));
}

/** The sentence of a refused form, under its fields; a rate limit counts down. */
export function FormError({ error }: { error: unknown }) {
  const { t } = useTranslation('core');
  const wait = useWait(error);
  if (error === null || error === undefined) return null;
  const says = error instanceof ApiError ? error.message : t('failure.unknown');
  return (
    <p role="alert" className={styles.error}>
      {says} {wait > 0 && t('waitSeconds', { count: wait })}
    </p>
  );
}

/** Refused fields by their form path, for `form.setErrors`. */
export function fieldErrors(error: unknown): Record<string, string> {
  return error instanceof ApiError ? error.fields : {};
}
