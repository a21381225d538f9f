import { Button, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Operator } from '#protocol/operators.ts';
import { useOperators } from '../../core/client.tsx';
import { Empty, Skeleton } from '../../core/states.tsx';
import { Table } from '../../core/table.tsx';
import { TitledPage } from '../../core/titled-page.tsx';
import { PendingRequests } from '../memberships/pending-requests.tsx';
import { DestinationsPanel } from '../routing/destinations-panel.tsx';
import { AddOperator } from './add-operator.tsx';
import { EditOperator } from './edit-operator.tsx';
import { OperatorRow } from './operator-row.tsx';
import styles from './operators-page.module.css';

const holds = ({ name, handle }: Operator, words: string): boolean =>
  `${name}\n${handle}`.toLocaleLowerCase().includes(words);

/** OP-01: "Chat Operators": who answers chats here, who is truly there, and a way to add somebody. */
export function OperatorsPage() {
  const { t } = useTranslation('operators');
  const operators = useOperators();
  const [search, setSearch] = useState('');
  const [adding, setAdding] = useState(false);
  const [edited, setEdited] = useState<Operator | null>(null);
  const [served, setServed] = useState<Operator | null>(null);
  const all = useMemo(
    () => [...operators.values()].sort((a, b) => a.name.localeCompare(b.name) || a.id.localeCompare(b.id)),
    [operators],
  );
  const words = search.trim().toLocaleLowerCase();
  const shown = all.filter((operator) => holds(operator, words));
  return (
    <TitledPage
      title={t('title')}
      says={t('says')}
      button={
        <Button aria-label={t('add.title')} onClick={() => setAdding(true)}>
          {t('add.button')}
        </Button>
      }
    >
      <TextInput
        className={styles.search}
        type="search"
        aria-label={t('search')}
        placeholder={t('search')}
        leftSection={<IconSearch size={16} stroke={1.5} aria-hidden />}
        value={search}
        onChange={(event) => setSearch(event.currentTarget.value)}
      />
      {all.length === 0 && <Skeleton rows={4} shape="field" />}
      {all.length > 0 && shown.length === 0 && (
        <Empty says={t('nobody', { search: search.trim() })}>
          <Button variant="default" onClick={() => setSearch('')}>
            {t('showAll')}
          </Button>
        </Empty>
      )}
      {shown.length > 0 && (
        <Table
          className={styles.operators}
          columns={[
            { says: t('column.name') },
            { says: t('column.handle'), className: styles.wide },
            { says: t('column.role'), className: styles.wide },
            { says: t('column.presence') },
            { says: t('column.menu'), unseen: true },
          ]}
        >
          {shown.map((operator) => (
            <OperatorRow
              key={operator.id}
              operator={operator}
              onEdit={() => setEdited(operator)}
              onDestinations={() => setServed(operator)}
            />
          ))}
        </Table>
      )}
      <PendingRequests />
      <AddOperator opened={adding} onClose={() => setAdding(false)} />
      <DestinationsPanel operator={served} onClose={() => setServed(null)} />
      <EditOperator operator={edited} onClose={() => setEdited(null)} />
    </TitledPage>
  );
}
