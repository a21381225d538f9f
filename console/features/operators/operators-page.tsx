import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { State } from '#client/state.ts';
import type { Operators } from '#protocol/operators.ts';
import { api } from '../../core/api.ts';
import { Avatar } from '../../core/avatar.tsx';
import { useClientState } from '../../core/client.tsx';
import { useMembership } from '../../core/membership.ts';
import page from '../../core/page.module.css';
import { PresenceDot } from '../../core/presence-dot.tsx';
import { Failure, Skeleton } from '../../core/states.tsx';
import { AddOperator } from './add-operator.tsx';
import styles from './operators-page.module.css';

const presenceOf = (state: State) => state.presence.operators;

export const operatorsKey = (operatorId: string) => ['operators', operatorId];

/** OP-01: who answers chats here, who is truly there, and a way to add somebody. */
export function OperatorsPage() {
  const { t } = useTranslation('operators');
  const { operatorId, role } = useMembership();
  const presence = useClientState(presenceOf);
  const [adding, setAdding] = useState(false);
  const operators = useQuery({
    queryKey: operatorsKey(operatorId),
    queryFn: ({ signal }) => api<Operators>('GET', '/v1/operators', { operatorId, signal }),
  });
  return (
    <div className={page.content}>
      <header className={`${page.head} ${page.line}`}>
        <div className={page.grow}>
          <h1>{t('title')}</h1>
          <p>{t('says')}</p>
        </div>
        {role === 'administrator' && <Button onClick={() => setAdding(true)}>{t('add.button')}</Button>}
      </header>
      {operators.isPending && <Skeleton rows={4} shape="field" />}
      {operators.isError && <Failure error={operators.error} retry={() => void operators.refetch()} />}
      {operators.data !== undefined && (
        <table className={styles.table}>
          <thead>
            <tr>
              <th scope="col">{t('column.name')}</th>
              <th scope="col" className={styles.wide}>
                {t('column.handle')}
              </th>
              <th scope="col" className={styles.wide}>
                {t('column.role')}
              </th>
              <th scope="col">{t('column.presence')}</th>
            </tr>
          </thead>
          <tbody>
            {operators.data.operators.map((operator) => {
              const status = presence.get(operator.id) ?? 'offline';
              return (
                <tr key={operator.id}>
                  <th scope="row">
                    <span className={styles.name}>
                      <Avatar name={operator.name} size={24} />
                      <span className={styles.who}>
                        <span dir="auto">{operator.name}</span>
                        <span className={styles.narrow}>
                          {operator.handle} · {t(`role.${operator.role}`)}
                        </span>
                      </span>
                      {operator.id === operatorId && <span className={page.meta}>{t('you')}</span>}
                    </span>
                  </th>
                  <td className={styles.wide}>{operator.handle}</td>
                  <td className={styles.wide}>{t(`role.${operator.role}`)}</td>
                  <td>
                    <span className={styles.presence}>
                      <PresenceDot status={status} />
                      {t(`status.${status}`)}
                    </span>
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      )}
      <AddOperator opened={adding} onClose={() => setAdding(false)} />
    </div>
  );
}
