import { Menu, UnstyledButton } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useTranslation } from 'react-i18next';
import { uuidv7 } from '#client/ref.ts';
import type { Status } from '#protocol/operators.ts';
import { useAction } from '../../core/actions.ts';
import { useClient, useMyStatus } from '../../core/client.tsx';
import { useLineLost } from '../../core/connection-banner.tsx';
import { PresenceDot } from '../../core/presence-dot.tsx';
import styles from './presence-switch.module.css';

const STATUSES: readonly Status[] = ['online', 'away', 'offline'];

/** What I chose to be. While the line is lost nobody can reach me, whatever I chose: then it says that. */
export function PresenceSwitch() {
  const { t } = useTranslation('operators');
  const client = useClient();
  const status = useMyStatus();
  const lost = useLineLost();
  const word = lost ? t('status.lost') : t(`status.${status}`);
  const choose = (next: Status) => {
    const ref = uuidv7();
    client.send({ type: 'status.set', ref, status: next }).catch((error: unknown) => {
      client.discard(ref);
      notifications.show({ message: (error as Error).message });
    });
  };
  useAction({ id: 'status-online', label: t('action.online'), run: () => choose('online') });
  useAction({ id: 'status-away', label: t('action.away'), run: () => choose('away') });
  useAction({ id: 'status-offline', label: t('action.offline'), run: () => choose('offline') });
  return (
    <Menu position="right-end" width={180} withinPortal>
      <Menu.Target>
        <UnstyledButton className={styles.switch} aria-label={t('status.button', { status: word })}>
          <PresenceDot status={lost ? 'offline' : status} size={12} />
          <span>{word}</span>
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t('status.title')}</Menu.Label>
        <Menu.RadioGroup value={status} onChange={(next) => choose(next as Status)}>
          {STATUSES.map((one) => (
            <Menu.RadioItem key={one} value={one} closeMenuOnClick>
              <span className={styles.item}>
                <PresenceDot status={one} size={12} />
                {t(`status.${one}`)}
              </span>
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
      </Menu.Dropdown>
    </Menu>
  );
}
