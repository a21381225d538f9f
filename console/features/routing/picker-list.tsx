import { ActionIcon, Button } from '@mantine/core';
import { IconGripVertical } from '@tabler/icons-react';
import { type ReactNode, useCallback, useId } from 'react';
import { useTranslation } from 'react-i18next';
import type { State } from '#client/state.ts';
import type { Operator } from '#protocol/operators.ts';
import { Avatar } from '../../core/avatar.tsx';
import { useClientState } from '../../core/client.tsx';
import { useDrag, useDrop } from '../../core/drag.tsx';
import { PresenceDot } from '../../core/presence-dot.tsx';
import styles from './operator-picker.module.css';

type Props = {
  place: 'all' | 'chosen';
  title: string;
  operators: readonly Operator[];
  empty: string;
  /** To the other list. */
  onSend: (id: string) => void;
  children?: ReactNode;
};

/** One of the two lists of the picker. */
export function PickerList({ place, title, operators, empty, onSend, children }: Props) {
  const { ref, isDropTarget } = useDrop(place);
  const titleId = useId();
  return (
    <>
      <div id={titleId} className={styles.title}>
        {title} <span className={styles.count}>{operators.length}</span>
      </div>
      {children}
      <div ref={ref} className={styles.place} data-place={place} data-target={isDropTarget || undefined}>
        {operators.length === 0 && <p className={styles.empty}>{empty}</p>}
        {operators.length > 0 && (
          <ul aria-labelledby={titleId}>
            {operators.map((operator) => (
              <Item key={operator.id} place={place} operator={operator} onSend={onSend} />
            ))}
          </ul>
        )}
      </div>
    </>
  );
}

function Item({ place, operator, onSend }: Pick<Props, 'place' | 'onSend'> & { operator: Operator }) {
  const { t } = useTranslation('routing');
  const { id, name } = operator;
  const { ref, handleRef, isDragging } = useDrag(id);
  const status = useClientState(
    useCallback((state: State) => state.presence.operators.get(id) ?? 'offline', [id]),
  );
  return (
    <li ref={ref} className={styles.item} data-operator={id} data-held={isDragging || undefined}>
      <ActionIcon
        ref={handleRef}
        variant="subtle"
        color="gray"
        size={24}
        className={styles.handle}
        aria-label={t('picker.hold', { name })}
        aria-pressed={isDragging}
        // While it is held, Escape lets it go and does not close the panel around it.
        data-mantine-stop-propagation={isDragging}
      >
        <IconGripVertical size={16} stroke={1.5} />
      </ActionIcon>
      <Avatar name={name} size={24} />
      <span className={styles.name} dir="auto">
        {name}
      </span>
      <PresenceDot status={status} />
      <Button
        variant="default"
        size="compact-sm"
        data-send
        aria-label={t(place === 'all' ? 'picker.addOne' : 'picker.removeOne', { name })}
        onClick={() => onSend(id)}
      >
        {t(place === 'all' ? 'picker.add' : 'picker.remove')}
      </Button>
    </li>
  );
}
