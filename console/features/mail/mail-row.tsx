import { Button } from '@mantine/core';
import { IconAlertCircle, IconCircleCheck, IconClock } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { Mail } from '#protocol/mail.ts';
import { Ago } from '../../core/ago.tsx';
import styles from './mail-page.module.css';

const ICONS = { waiting: IconClock, sent: IconCircleCheck, failed: IconAlertCircle };

type Props = { mail: Mail; busy: boolean; canRetry: boolean; onRetry: () => void };

export function MailRow({ mail, busy, canRetry, onRetry }: Props) {
  const { t } = useTranslation('mail');
  const { to, subject, state, tries, error, createdAt } = mail;
  const Icon = ICONS[state];
  return (
    <tr>
      <th scope="row" className={styles.cut} title={to}>
        {to}
      </th>
      <td className={`${styles.subject} ${styles.cut}`} title={subject} dir="auto">
        {subject}
      </td>
      <td className={styles.state}>
        <span className={styles.what} data-state={state}>
          <Icon size={16} stroke={1.5} aria-hidden />
          {t(`state.${state}`)}
          {state !== 'sent' && tries > 0 && ` · ${t('tries', { count: tries })}`}
        </span>
        {error !== null && (
          <span className={styles.why} dir="auto">
            {error}
          </span>
        )}
      </td>
      <td className={styles.time}>
        <Ago at={createdAt} />
      </td>
      <td className={styles.act}>
        {canRetry && (
          <Button
            variant="default"
            size="compact-sm"
            loading={busy}
            aria-label={t('retryOne', { subject, to })}
            onClick={onRetry}
          >
            {t('retry')}
          </Button>
        )}
      </td>
    </tr>
  );
}
