import { Button } from '@mantine/core';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Operator } from '#protocol/operators.ts';
import type { Routing } from '#protocol/routing.ts';
import { Avatar } from '../../core/avatar.tsx';
import { useOperators } from '../../core/client.tsx';
import page from '../../core/page.module.css';
import table from '../../core/table.module.css';
import { Table } from '../../core/table.tsx';
import { DestinationsPanel } from './destinations-panel.tsx';
import { RoutingPage } from './routing-page.tsx';
import styles from './routing.module.css';
import { UndoSwitch } from './undo-switch.tsx';

/** OP-11: "Destination management": which languages and departments each operator serves. */
export function DestinationsPage() {
  const { t } = useTranslation('routing');
  const [edited, setEdited] = useState<Operator | null>(null);
  return (
    <RoutingPage title={t('destinations.title')} says={t('destinations.says')}>
      {(routing) => (
        <>
          <UndoSwitch routing={routing} />
          <Operators routing={routing} onEdit={setEdited} />
          <DestinationsPanel operator={edited} onClose={() => setEdited(null)} />
        </>
      )}
    </RoutingPage>
  );
}

function Operators({ routing, onEdit }: { routing: Routing; onEdit: (operator: Operator) => void }) {
  const { t } = useTranslation('routing');
  const operators = useOperators();
  const all = useMemo(
    () => [...operators.values()].sort((a, b) => a.name.localeCompare(b.name)),
    [operators],
  );
  const { settings, departments, destinations } = routing;
  const most = settings.languages.length * Math.max(1, departments.length);
  return (
    <Table
      columns={[
        { says: t('destinations.operator') },
        { says: t('destinations.serves') },
        { says: t('menu'), unseen: true },
      ]}
    >
      {all.map((operator) => {
        const served = destinations[operator.id]?.length ?? 0;
        return (
          <tr key={operator.id}>
            <th scope="row">
              <span className={styles.person}>
                <Avatar name={operator.name} size={24} />
                <span dir="auto">{operator.name}</span>
              </span>
            </th>
            <td className={served === 0 ? page.quiet : undefined}>
              {served === 0
                ? t(departments.length > 0 ? 'destinations.noneWithDepartments' : 'destinations.none')
                : t('destinations.some', { count: served, most })}
            </td>
            <td className={table.menu}>
              <Button
                variant="default"
                size="compact-sm"
                aria-label={t('destinations.change', { name: operator.name })}
                onClick={() => onEdit(operator)}
              >
                {t('edit')}
              </Button>
            </td>
          </tr>
        );
      })}
    </Table>
  );
}
