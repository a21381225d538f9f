import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { MyRequests as Shape } from '#protocol/memberships.ts';
import { api } from '../../core/api.ts';
import { dayOf } from '../../core/format.ts';
import page from '../../core/page.module.css';
import { Empty, Failure, Skeleton } from '../../core/states.tsx';
import styles from './companies-page.module.css';
import { myRequestsQuery } from './queries.ts';

type Request = Shape['requests'][number];

/** Who asks me to join; each request is confirmed or declined. */
export function MyRequests() {
  const { t } = useTranslation('memberships');
  const requests = useQuery(myRequestsQuery);
  return (
    <section className={page.section} aria-labelledby="my-requests">
      <h2 id="my-requests">{t('requests.title')}</h2>
      {requests.isPending && <Skeleton rows={2} />}
      {requests.isError && <Failure error={requests.error} retry={() => void requests.refetch()} />}
      {requests.data?.verified === false && <p>{t('requests.unverified')}</p>}
      {requests.data?.verified === true && requests.data.requests.length === 0 && (
        <Empty says={t('requests.none')} />
      )}
      {requests.data !== undefined && requests.data.requests.length > 0 && (
        <ul className={page.rows} aria-label={t('requests.title')}>
          {requests.data.requests.map((request) => (
            <Row key={request.id} request={request} />
          ))}
        </ul>
      )}
    </section>
  );
}

function Row({ request }: { request: Request }) {
  const { t } = useTranslation('memberships');
  const queries = useQueryClient();
  const { id, account, askedBy, name, role, handle, expiresAt } = request;
  const path = `/v1/person/membership-requests/${id}`;
  const settled = () =>
    Promise.all([
      queries.invalidateQueries({ queryKey: myRequestsQuery.queryKey }),
      queries.invalidateQueries({ queryKey: ['me'] }),
    ]);
  const confirm = useMutation({
    mutationFn: () => api('POST', path),
    onSuccess: () => notifications.show({ message: t('requests.confirmed', { account }) }),
    onSettled: settled,
  });
  const decline = useMutation({
    mutationFn: () => api('DELETE', path),
    onSuccess: () => notifications.show({ message: t('requests.declined', { account }) }),
    onSettled: settled,
  });
  const failed = confirm.error ?? decline.error;
  return (
    <li className={styles.row}>
      <span className={page.grow}>
        <strong dir="auto">{account}</strong>
        <span className={styles.detail} dir="auto">
          {t('requests.asks', { askedBy, name, handle, role: t(`role.${role}`) })}
        </span>
        <span className={page.meta}>{t('requests.until', { day: dayOf(expiresAt) })}</span>
        {failed !== null && <Failure error={failed} />}
      </span>
      <span className={page.line}>
        <Button
          size="compact-sm"
          loading={confirm.isPending}
          disabled={decline.isPending}
          aria-label={t('requests.confirmOne', { account })}
          onClick={() => confirm.mutate()}
        >
          {t('requests.confirm')}
        </Button>
        <Button
          variant="default"
          size="compact-sm"
          loading={decline.isPending}
          disabled={confirm.isPending}
          aria-label={t('requests.declineOne', { account })}
          onClick={() => decline.mutate()}
        >
          {t('requests.decline')}
        </Button>
      </span>
    </li>
  );
}
