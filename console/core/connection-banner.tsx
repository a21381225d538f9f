import { Button } from '@mantine/core';
import { IconPlugConnectedX } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { State } from '#client/state.ts';
import { useClient, useClientState, useLine } from './client.tsx';
import styles from './connection-banner.module.css';
import { useNow } from './use-now.ts';

const PATIENCE_MS = 1500;
const retryAtOf = (state: State) => state.retryAt;

/** True once the line has not been online for longer than a moment. */
export function useLineLost(): boolean {
  // Tries come and go meanwhile; only `online` ends the wait.
  const online = useLine() === 'online';
  const [lost, setLost] = useState(false);
  useEffect(() => {
    if (online) {
      setLost(false);
      return undefined;
    }
    const timer = setTimeout(() => setLost(true), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, [online]);
  return lost;
}

/** Says what the line truly does (OC-17); nothing while it is online. */
export function ConnectionBanner() {
  const { t } = useTranslation('core');
  const client = useClient();
  const line = useLine();
  const lost = useLineLost();
  const retryAt = useClientState(retryAtOf);
  const now = useNow('second');
  const seconds = retryAt === null ? 0 : Math.max(0, Math.ceil((retryAt - now) / 1000));
  if (!lost) return null;
  const stopped = line === 'stopped';
  const says = stopped
    ? t('line.stopped')
    : seconds > 0
      ? t('line.retrying', { count: seconds })
      : t('line.connecting');
  return (
    <section className={styles.banner} aria-label={t('line.title')}>
      <IconPlugConnectedX size={16} stroke={1.5} aria-hidden />
      <p>
        <span role="status">
          <strong>{t('line.lost')}</strong>
        </span>{' '}
        {says}
      </p>
      <Button
        size="compact-sm"
        variant="default"
        onClick={() => (stopped ? location.reload() : client.reconnect())}
      >
        {stopped ? t('line.reload') : t('line.tryNow')}
      </Button>
    </section>
  );
}
