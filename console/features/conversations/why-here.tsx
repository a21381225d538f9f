import { useQuery } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Conversation, RoutingHistory, RoutingTurn } from '#protocol/conversations.ts';
import { Ago } from '../../core/ago.tsx';
import { api } from '../../core/api.ts';
import { useMembership } from '../../core/membership.ts';
import { Failure, Skeleton } from '../../core/states.tsx';
import { DecisionSteps } from '../routing/decision-steps.tsx';
import styles from './why-here.module.css';

/** OP-13: why this conversation went to whom. Asked for only when somebody wants to know. */
export function WhyHere({ conversation }: { conversation: Conversation }) {
  const { t } = useTranslation('conversations');
  const [open, setOpen] = useState(false);
  const inside = useId();
  return (
    <section className={styles.why}>
      <h3>
        <button type="button" aria-expanded={open} aria-controls={inside} onClick={() => setOpen(!open)}>
          {t('why.title')}
        </button>
      </h3>
      <div id={inside} hidden={!open}>
        {open && <History conversation={conversation} />}
      </div>
    </section>
  );
}

function History({ conversation: { id, state, operator, desk } }: { conversation: Conversation }) {
  const { t } = useTranslation('conversations');
  const { operatorId } = useMembership();
  const history = useQuery({
    // Whenever it is offered anew, or somebody has it, there is one more turn.
    queryKey: ['routing-history', operatorId, id, state, operator?.id, desk?.ring, desk?.passed],
    queryFn: ({ signal }) =>
      api<RoutingHistory>('GET', `/v1/conversations/${id}/decisions`, { operatorId, signal }),
  });
  if (history.isPending) return <Skeleton rows={3} />;
  if (history.isError) return <Failure error={history.error} retry={() => void history.refetch()} />;
  const { turns } = history.data;
  if (turns.length === 0) return <p className={styles.none}>{t('why.none')}</p>;
  return (
    <ol className={styles.decisions}>
      {turns.map((turn, index) => (
        // Turns are only ever added at the end.
        <li key={index}>
          <p className={styles.at}>
            <Ago at={turn.at} />
          </p>
          {turn.kind === 'decided' ? <DecisionSteps decision={turn.decision} /> : <Moved turn={turn} />}
        </li>
      ))}
    </ol>
  );
}

/** What a person did, or the loss of one. */
function Moved({ turn }: { turn: Exclude<RoutingTurn, { kind: 'decided' }> }) {
  const { t } = useTranslation('conversations');
  if (turn.kind === 'queued')
    return <p>{t(turn.why === 'operator-lost' ? 'system.queuedLost' : 'system.queuedGone')}</p>;
  const { name } = turn.operator;
  if (turn.kind === 'invited') return <p>{t('why.invitedAway', { name })}</p>;
  return <p>{t(`why.how.${turn.how}`, { name, from: turn.from?.name ?? t('operator') })}</p>;
}
