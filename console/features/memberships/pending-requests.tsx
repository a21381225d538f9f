import { Button } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api } from '../../core/api.ts';
import { dayOf } from '../../core/format.ts';
import { useMembership } from '../../core/membership.ts';
import page from '../../core/page.module.css';
import { Failure } from '../../core/states.tsx';
import { requestsQuery } from './queries.ts';

/** OP-04: who was asked and has not answered; nothing when nobody was. */
export function PendingRequests() {
  const { t } = useTranslation('memberships');
  const { operatorId } = useMembership();
  const queries = useQueryClient();
  const query = requestsQuery(operatorId);
  const requests = useQuery(query);
  const withdraw = useMutation({
    mutationFn: (requestId: string) => api('DELETE', `/v1/membership-requests/${requestId}`, { operatorId }),
    onSettled: () => queries.invalidateQueries({ queryKey: query.queryKey }),
  });
  if (requests.isError) return <Failure error={requests.error} retry={() => void requests.refetch()} />;
  if (requests.data === undefined || requests.data.requests.length === 0) return null;
  return (
    <section className={`${page.section} ${page.wide}`} aria-labelledby="pending-requests">
      <h2 id="pending-requests">{t('pending.title')}</h2>
      <p>{t('pending.says')}</p>
      {withdraw.isError && <Failure error={withdraw.error} />}
      <ul className={page.rows} aria-label={t('pending.title')}>
        {requests.data.requests.map(({ id, email, name, role, expiresAt }) => (
          <li key={id}>
            <span className={page.grow}>
              <span dir="auto">{name}</span> <span className={page.quiet}>{email}</span>{' '}
              <span className={page.meta}>
                {t(`role.${role}`)} · {t('requests.until', { day: dayOf(expiresAt) })}
              </span>
            </span>
            <Button
              variant="default"
              size="compact-sm"
              aria-label={t('pending.withdrawOne', { email })}
              loading={withdraw.isPending && withdraw.variables === id}
              onClick={() => withdraw.mutate(id)}
            >
              {t('pending.withdraw')}
            </Button>
          </li>
        ))}
      </ul>
    </section>
  );
}
