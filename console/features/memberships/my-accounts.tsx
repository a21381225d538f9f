import { Button } from '@mantine/core';
import { modals } from '@mantine/modals';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Avatar } from '../../core/avatar.tsx';
import { api } from '../../core/api.ts';
import type { Membership } from '../../core/membership.ts';
import page from '../../core/page.module.css';
import { Failure } from '../../core/states.tsx';
import { useDuties } from '../conversations/duties.ts';
import { meQuery } from '../auth/session.ts';

/** The accounts that I serve; each can be left. */
export function MyAccounts() {
  const { t } = useTranslation('memberships');
  const me = useQuery(meQuery);
  return (
    <section className={page.section} aria-labelledby="my-accounts">
      <h2 id="my-accounts">{t('accounts.title')}</h2>
      <p>{t('accounts.says')}</p>
      <ul className={page.rows} aria-label={t('accounts.title')}>
        {me.data?.memberships.map((one) => (
          <Row key={one.operatorId} membership={one} />
        ))}
      </ul>
    </section>
  );
}

function Row({ membership }: { membership: Membership }) {
  const { t } = useTranslation('memberships');
  const queries = useQueryClient();
  const { operatorId, handle, name, role, account } = membership;
  const mine = useDuties((duties) => duties[operatorId]?.mine ?? 0);
  const leave = useMutation({
    mutationFn: () => api('DELETE', `/v1/person/memberships/${operatorId}`),
    onSettled: () => queries.invalidateQueries({ queryKey: meQuery.queryKey }),
  });
  const ask = () =>
    modals.openConfirmModal({
      title: t('accounts.question', { account: account.title }),
      children: t('accounts.consequence', { count: mine }),
      labels: { confirm: t('accounts.leave'), cancel: t('accounts.stay') },
      closeButtonProps: { 'aria-label': t('accounts.stay') },
      confirmProps: { color: 'red.9' },
      onConfirm: () => leave.mutate(),
    });
  return (
    <li>
      <Avatar name={account.title} size={24} />
      <span className={page.grow}>
        <span dir="auto">{account.title}</span>{' '}
        <span className={page.meta} dir="auto">
          {name} · {handle} · {t(`role.${role}`)}
        </span>
        {leave.isError && <Failure error={leave.error} />}
      </span>
      <Button
        variant="default"
        size="compact-sm"
        loading={leave.isPending}
        aria-label={t('accounts.leaveOne', { account: account.title })}
        onClick={ask}
      >
        {t('accounts.leave')}
      </Button>
    </li>
  );
}
