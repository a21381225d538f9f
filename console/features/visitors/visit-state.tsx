import { useTranslation } from 'react-i18next';
import type { SiteVisit } from '#protocol/visitors.ts';
import { useMembership } from '../../core/membership.ts';
import styles from './visits-table.module.css';

/** What the visitor does now, in words; the colour only repeats them. */
export function VisitState({ visit }: { visit: SiteVisit }) {
  const { t } = useTranslation('visitors');
  const { operatorId } = useMembership();
  const { conversation, invitation } = visit;
  const by = (who: { id: string; name: string }) => (who.id === operatorId ? t('state.you') : who.name);
  if (conversation?.operator)
    return (
      <span className={styles.state} data-level="chat">
        {t('state.chatting', { name: by(conversation.operator) })}
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
        {t('state.invited', { name: by(invitation.operator) })}
      </span>
    );
  return (
    <span className={styles.state}>{t(invitation === null ? 'state.browsing' : 'state.dismissed')}</span>
  );
}
