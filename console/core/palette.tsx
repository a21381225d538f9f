import { Kbd } from '@mantine/core';
import { Spotlight, spotlight } from '@mantine/spotlight';
import { IconSearch } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { keyName, runAction, useActions } from './actions.ts';
import styles from './palette.module.css';
import { useUi } from './ui-store.ts';

/** Something to go to from the palette that is not an action: a chat. */
export type Place = { id: string; label: string; detail: string; go: () => void };

export const openPalette = () => spotlight.open();

export function Keys({ keys }: { keys: readonly string[] }) {
  return (
    <span className={styles.keys} aria-hidden>
      {keys.map((key) => (
        <Kbd key={key} size="xs">
          {keyName(key)}
        </Kbd>
      ))}
    </span>
  );
}

const matches = (query: string, ...texts: string[]) =>
  query.split(/\s+/).every((word) => texts.some((text) => text.toLocaleLowerCase().includes(word)));

/** Ctrl/Cmd+K: every action of the moment, recent ones first, and the chats. */
export function Palette({ places }: { places: readonly Place[] }) {
  const { t } = useTranslation('core');
  const [query, setQuery] = useState('');
  const actions = useActions((state) => state.actions);
  const recent = useUi((state) => state.recent);
  const wanted = query.trim().toLocaleLowerCase();
  // Used lately, then what has a key, then the rest.
  const rank = ({ id, keys }: (typeof actions)[number]) => {
    const used = recent.indexOf(id);
    return used >= 0 ? used : recent.length + (keys === undefined ? 1 : 0);
  };
  const shownActions = actions
    .filter((action) => matches(wanted, action.label))
    .sort((a, b) => rank(a) - rank(b));
  const shownPlaces = places
    .filter((place) => matches(wanted, place.label, place.detail))
    .slice(0, wanted === '' ? 5 : 12);

  return (
    <Spotlight.Root
      query={query}
      onQueryChange={setQuery}
      shortcut={['mod + K']}
      scrollable
      maxHeight={420}
      overlayProps={{ blur: 0, backgroundOpacity: 0.4 }}
      // People type on at once after Ctrl+K.
      transitionProps={{ duration: 0 }}
      classNames={{ actionsGroup: styles.group ?? '' }}
      size={560}
      attributes={{ content: { 'aria-label': t('palette.title') } }}
    >
      <Spotlight.Search
        placeholder={t('palette.placeholder')}
        aria-label={t('palette.placeholder')}
        leftSection={<IconSearch size={16} stroke={1.5} />}
      />
      <Spotlight.ActionsList>
        {shownPlaces.length > 0 && (
          <Spotlight.ActionsGroup label={t('palette.chats')}>
            {shownPlaces.map((place) => (
              <Spotlight.Action key={place.id} onClick={place.go} className={styles.action}>
                <span className={styles.label}>
                  <strong dir="auto">{place.label}</strong>
                  <span className={styles.detail} dir="auto">
                    {place.detail}
                  </span>
                </span>
              </Spotlight.Action>
            ))}
          </Spotlight.ActionsGroup>
        )}
        {shownActions.length > 0 && (
          <Spotlight.ActionsGroup label={t('palette.actions')}>
            {shownActions.map((action) => (
              <Spotlight.Action key={action.id} onClick={() => runAction(action)} className={styles.action}>
                <span className={styles.label}>{action.label}</span>
                {action.keys !== undefined && <Keys keys={action.keys} />}
              </Spotlight.Action>
            ))}
          </Spotlight.ActionsGroup>
        )}
        {shownPlaces.length + shownActions.length === 0 && (
          <Spotlight.Empty>{t('palette.nothing')}</Spotlight.Empty>
        )}
      </Spotlight.ActionsList>
    </Spotlight.Root>
  );
}
