import { Button } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Department } from '#protocol/routing.ts';
import { Empty } from '../../core/states.tsx';
import table from '../../core/table.module.css';
import { Table } from '../../core/table.tsx';
import { ActiveNotice } from './active-notice.tsx';
import { DepartmentPanel } from './department-panel.tsx';
import { OperatorNames } from './operator-names.tsx';
import { RoutingPage } from './routing-page.tsx';
import { RowMenu } from './row-menu.tsx';
import { UndoSwitch } from './undo-switch.tsx';
import { useRemoveDepartment } from './use-remove-department.tsx';

/** OP-07: what visitors choose from on the welcome screen, and who is in it. */
export function DepartmentsPage() {
  const { t } = useTranslation('routing');
  const [edited, setEdited] = useState<Department | 'new' | null>(null);
  const remove = useRemoveDepartment();
  const add = () => setEdited('new');
  return (
    <RoutingPage
      title={t('departments.title')}
      says={t('departments.says')}
      button={<Button onClick={add}>{t('departments.add')}</Button>}
    >
      {(routing) => (
        <>
          <ActiveNotice routing={routing} />
          <UndoSwitch routing={routing} />
          {routing.departments.length === 0 && (
            <Empty says={t('departments.none')}>
              <Button variant="default" onClick={add}>
                {t('departments.first')}
              </Button>
            </Empty>
          )}
          {routing.departments.length > 0 && (
            <Table
              columns={[
                { says: t('departments.name') },
                { says: t('who') },
                { says: t('menu'), unseen: true },
              ]}
            >
              {routing.departments.map((department) => (
                <tr key={department.id}>
                  <th scope="row" dir="auto">
                    {department.name}
                  </th>
                  <td>
                    <OperatorNames ids={department.operators} none={t('departments.nobody')} />
                  </td>
                  <td className={table.menu}>
                    <RowMenu
                      label={t('menuOf', { name: department.name })}
                      onEdit={() => setEdited(department)}
                      onRemove={() => remove(routing, department)}
                    />
                  </td>
                </tr>
              ))}
            </Table>
          )}
          <DepartmentPanel routing={routing} department={edited} onClose={() => setEdited(null)} />
        </>
      )}
    </RoutingPage>
  );
}
