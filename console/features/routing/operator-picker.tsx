import { TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useEffect, useId, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useOperators } from '../../core/client.tsx';
import { DragArea, type Held } from '../../core/drag.tsx';
import styles from './operator-picker.module.css';
import { PickerList } from './picker-list.tsx';

const SEARCH_FROM = 8;

type Props = {
  /** Names the list of the chosen, such as "In this department". */
  label: string;
  /** Stands in it while nobody is chosen. */
  empty: string;
  chosen: readonly string[];
  onChange: (chosen: string[]) => void;
  error?: string | undefined;
};

/**
 * Operators at the left, the chosen ones beside them: dragged from one list to the other (mouse, finger, keys) or sent by
 * a button on each, with the same result, said the same way.
 */
export function OperatorPicker({ label, empty, chosen, onChange, error }: Props) {
  const { t } = useTranslation('routing');
  const operators = useOperators();
  const [search, setSearch] = useState('');
  const [said, setSaid] = useState('');
  const [focus, setFocus] = useState<string | null>(null);
  const root = useRef<HTMLDivElement>(null);
  const errorId = useId();
  const all = useMemo(
    () => [...operators.values()].sort((a, b) => a.name.localeCompare(b.name)),
    [operators],
  );
  const inside = all.filter(({ id }) => chosen.includes(id));
  const outside = all.filter(({ id }) => !chosen.includes(id));
  const words = search.trim().toLocaleLowerCase();
  const found = outside.filter(({ name }) => name.toLocaleLowerCase().includes(words));
  useEffect(() => {
    if (focus === null) return;
    // What moved stands elsewhere now; who works by keys goes on where the person was.
    const button = root.current?.querySelector<HTMLElement>(`[data-operator="${focus}"] [data-send]`);
    (button ?? root.current?.querySelector<HTMLElement>('[data-send]'))?.focus();
    setFocus(null);
  }, [focus]);

  const move = (id: string, to: 'chosen' | 'all', keepFocus: boolean) => {
    const list = to === 'chosen' ? found : inside;
    const name = operators.get(id)?.name ?? '';
    if (!list.some((one) => one.id === id)) return setSaid(t('picker.stays', { name }));
    const place = list.findIndex((one) => one.id === id);
    const next = list[place + 1] ?? list[place - 1];
    const left = all.filter((one) => (one.id === id ? to === 'chosen' : chosen.includes(one.id)));
    onChange(left.map((one) => one.id));
    setSaid(
      t(to === 'chosen' ? 'picker.added' : 'picker.removed', { name, list: label, count: left.length }),
    );
    if (keepFocus) setFocus(next?.id ?? id);
  };
  const onHeld = ({ event, item, place }: Held) => {
    const name = operators.get(item)?.name ?? '';
    const list = place === 'chosen' ? label : t('picker.all');
    if (event === 'dropped') move(item, place === 'chosen' ? 'chosen' : 'all', true);
    else if (event === 'over')
      setSaid(place === null ? t('picker.overNothing') : t('picker.over', { name, list }));
    else setSaid(t(`picker.${event}`, { name }));
  };
  return (
    <DragArea onHeld={onHeld}>
      <div ref={root} className={styles.picker}>
        <div className={styles.side}>
          <PickerList
            place="all"
            title={t('picker.all')}
            operators={found}
            empty={words === '' ? t('picker.nobodyLeft') : t('picker.nobody', { search: search.trim() })}
            onSend={(id) => move(id, 'chosen', true)}
          >
            {all.length >= SEARCH_FROM && (
              <TextInput
                type="search"
                aria-label={t('picker.search')}
                placeholder={t('picker.search')}
                leftSection={<IconSearch size={16} stroke={1.5} aria-hidden />}
                value={search}
                onChange={(event) => setSearch(event.currentTarget.value)}
              />
            )}
          </PickerList>
        </div>
        <div className={styles.side} aria-describedby={error === undefined ? undefined : errorId}>
          <PickerList
            place="chosen"
            title={label}
            operators={inside}
            empty={empty}
            onSend={(id) => move(id, 'all', true)}
          />
          {error !== undefined && (
            <p id={errorId} className="mantine-InputWrapper-error" role="alert">
              {error}
            </p>
          )}
        </div>
        <p role="status" className="visually-hidden">
          {said}
        </p>
      </div>
    </DragArea>
  );
}
