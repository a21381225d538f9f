import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import type { State } from '#client/state.ts';
import type { Operator } from '#protocol/operators.ts';
import { Avatar } from '../../core/avatar.tsx';
import { useClientState } from '../../core/client.tsx';
import { useMembership } from '../../core/membership.ts';
import page from '../../core/page.module.css';
import { PresenceDot } from '../../core/presence-dot.tsx';
import table from '../../core/table.module.css';
import { OperatorMenu } from './operator-menu.tsx';
import styles from './operators-page.module.css';

type Props = { operator: Operator; onEdit: () => void; onDestinations: () => void };

export function OperatorRow({ operator, onEdit, onDestinations }: Props) {
  const { t } = useTranslation('operators');
  const { operatorId } = useMembership();
  const { id, name, handle, role } = operator;
  const status = useClientState(
    useCallback((state: State) => state.presence.operators.get(id) ?? 'offline', [id]),
  );
  return (
    <tr>
      <th scope="row">
        <span className={styles.name}>
          <Avatar name={name} size={24} />
          <span className={styles.who}>
            <span dir="auto">{name}</span>
            <span className={styles.narrow}>
              {handle} · {t(`role.${role}`)}
            </span>
          </span>
          {id === operatorId && <span className={page.meta}>{t('you')}</span>}
        </span>
      </th>
      <td className={styles.wide}>{handle}</td>
      <td className={styles.wide}>{t(`role.${role}`)}</td>
      <td>
        <span className={styles.presence}>
          <PresenceDot status={status} />
          {t(`status.${status}`)}
        </span>
      </td>
      <td className={table.menu}>
        <OperatorMenu operator={operator} onEdit={onEdit} onDestinations={onDestinations} />
      </td>
    </tr>
  );
}
