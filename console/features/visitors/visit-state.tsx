import { useTranslation } from 'react-i18next';
import type { SiteVisit } from '#protocol/visitors.ts';
import { useNameNow } from '../../core/client.tsx';
import { useMembership } from '../../core/membership.ts';
import styles from './visits-table.module.css';

/** What the visitor does now, in words; the colour only repeats them. */
export function VisitState({ visit }: { visit: SiteVisit }) {
  const { t } = useTranslation('visitors');
  const { operatorId } = useMembership();
  const { conversation, invitation } = visit;
  const who = conversation ? conversation.operator : invitation?.operator;
  const called = useNameNow(who) ?? '';
  const name = who?.id === operatorId ? t('state.you') : called;
  if (conversation?.operator)
    return (
      <span className={styles.state} data-level="chat">
        {t('state.chatting', { name })}
      </span>
    );
  if (conversation)
    return (
      <span className={styles.state} data-level="warn">
        {t('state.waiting')}
      </span>
    );
  if (invitation?.state === 'waiting')
    return (
      <span className={styles.state} data-level="invited">
        {t('state.invited', { name })}
      </span>
    );
  return (
    <span className={styles.state}>{t(invitation === null ? 'state.browsing' : 'state.dismissed')}</span>
  );
}
