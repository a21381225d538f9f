import { Button } from '@mantine/core';
import { IconArrowForwardUp } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { Transfer } from '#protocol/entries.ts';
import { countdown } from '../../core/format.ts';
import { useMembership } from '../../core/membership.ts';
import { useNow } from '../../core/use-now.ts';
import type { useConversationCommands } from './commands.ts';
import styles from './offer-banner.module.css';

type Props = {
  transfer: Transfer;
  /** Of the visitor. */
  name: string;
  /** This operator may take the offer back: its owner, and administrators. */
  mayWithdraw: boolean;
  commands: Pick<ReturnType<typeof useConversationCommands>, 'accept' | 'decline' | 'withdraw'>;
};

function Left({ until }: { until: string }) {
  return <>{countdown(Date.parse(until) - useNow('second'))}</>;
}

/** OC-12: a chat that is being handed on, as the one who offers it and as those who may take it see it. */
export function OfferBanner({ transfer, name, mayWithdraw, commands }: Props) {
  const { t } = useTranslation('conversations');
  const { operatorId } = useMembership();
  const { to, from, until, audience } = transfer;
  const forMe = audience.includes(operatorId);
  const icon = <IconArrowForwardUp size={16} stroke={1.5} aria-hidden />;
  if (!forMe) {
    const [before, after] = t('transfer.offered', { name: to.name, left: '\0' }).split('\0');
    return (
      <div className={styles.banner}>
        {icon}
        <p className={styles.says}>
          {before}
          <span role="timer">
            <Left until={until} />
          </span>
          {after}
        </p>
        {mayWithdraw && (
          <Button variant="default" size="compact-sm" onClick={commands.withdraw}>
            {t('transfer.withdraw')}
          </Button>
        )}
      </div>
    );
  }
  const who = { from: from.name, to: to.name, name };
  const [before, after] = t('transfer.left', { left: '\0' }).split('\0');
  return (
    <section className={styles.card} aria-label={t('notify.offered', who)}>
      <span className={styles.sign}>{icon}</span>
      <div className={styles.says}>
        <p role="status">
          <strong>{to.kind === 'operator' ? t('transfer.card', who) : t('transfer.cardTo', who)}</strong>
        </p>
        <p className={styles.left}>
          {before}
          <span role="timer">
            <Left until={until} />
          </span>
          {after}
        </p>
      </div>
      <div className={styles.choice}>
        <Button onClick={commands.accept} aria-keyshortcuts="A">
          {t('accept')}
        </Button>
        <Button variant="default" onClick={commands.decline} aria-keyshortcuts="D">
          {t('decline')}
        </Button>
      </div>
    </section>
  );
}
