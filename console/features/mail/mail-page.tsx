import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { Mails } from '#protocol/mail.ts';
import { api } from '../../core/api.ts';
import { useMembership } from '../../core/membership.ts';
import page from '../../core/page.module.css';
import { Empty, Failure, Skeleton } from '../../core/states.tsx';
import { Table } from '../../core/table.tsx';
import { TitledPage } from '../../core/titled-page.tsx';
import { MailRow } from './mail-row.tsx';
import styles from './mail-page.module.css';

const EVERY_MS = 20_000;
const SHOWN = 100;

/** The account's e-mails, newest first, and what hinders them. */
export function MailPage() {
  const { t } = useTranslation('mail');
  const { operatorId } = useMembership();
  const queries = useQueryClient();
  const key = ['mails', operatorId];
  const mails = useQuery({
    queryKey: key,
    queryFn: ({ signal }) => api<Mails>('GET', '/v1/mails', { operatorId, signal }),
    refetchInterval: EVERY_MS,
    refetchOnWindowFocus: 'always',
  });
  const refresh = () => queries.invalidateQueries({ queryKey: key });
  const test = useMutation({
    mutationFn: () => api('POST', '/v1/mails/test', { operatorId }),
    onSuccess: () => {
      notifications.show({ message: t('testSent') });
      return refresh();
    },
  });
  const retry = useMutation({
    mutationFn: (mailId: string) => api('POST', `/v1/mails/${mailId}/retry`, { operatorId }),
    onSuccess: () => {
      notifications.show({ message: t('retrying') });
    },
    onSettled: refresh,
  });
  const all = mails.data?.mails ?? [];
  const from = mails.data?.from;
  return (
    <TitledPage
      title={t('title')}
      says={t('says')}
      button={
        typeof from === 'string' && (
          <Button variant="default" loading={test.isPending} onClick={() => test.mutate()}>
            {t('test')}
          </Button>
        )
      }
    >
      {mails.isPending && <Skeleton rows={4} shape="field" />}
      {mails.isError && <Failure error={mails.error} retry={() => void mails.refetch()} />}
      {test.isError && <Failure error={test.error} />}
      {retry.isError && <Failure error={retry.error} />}
      {from === null && (
        <div className={styles.notice} role="note">
          <IconAlertTriangle size={16} stroke={1.5} aria-hidden />
          <div>
            <strong>{t('notSetUp')}</strong>
            <p>{t('notSetUpSays')}</p>
          </div>
        </div>
      )}
      {typeof from === 'string' && <p className={page.quiet}>{t('setUp', { from })}</p>}
      {mails.data !== undefined && all.length === 0 && <Empty says={t('empty')} />}
      {all.length > 0 && (
        <Table
          className={styles.mails}
          columns={[
            { says: t('column.to') },
            { says: t('column.subject') },
            { says: t('column.state'), className: styles.state },
            { says: t('column.time'), className: styles.time },
            { says: t('column.action'), className: styles.act, unseen: true },
          ]}
        >
          {all.map((mail) => (
            <MailRow
              key={mail.id}
              mail={mail}
              busy={retry.isPending && retry.variables === mail.id}
              onRetry={() => retry.mutate(mail.id)}
              canRetry={typeof from === 'string' && mail.state !== 'sent'}
            />
          ))}
        </Table>
      )}
      {all.length === SHOWN && <p className={page.meta}>{t('newest')}</p>}
    </TitledPage>
  );
}
