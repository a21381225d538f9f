import { TextInput } from '@mantine/core';
import { IconSearch, IconUsers } from '@tabler/icons-react';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { PanelOrDrawer, usePanelFits } from '../../core/panel-or-drawer.tsx';
import { Empty, Skeleton } from '../../core/states.tsx';
import { useRowKeys } from '../../core/use-row-keys.ts';
import { useVisits } from './use-visits.ts';
import { VisitPanel } from './visit-panel.tsx';
import styles from './visitors-page.module.css';
import { found, nameOf, VISITS_LIMIT } from './visits.ts';
import { VisitsTable } from './visits-table.tsx';

const route = getRouteApi('/signed-in/visitors');

/** OC-11: who is on the sites now, and the invitation to chat. */
export function VisitorsPage() {
  const { t } = useTranslation('visitors');
  const navigate = useNavigate();
  const { visit: selected } = route.useSearch();
  const visits = useVisits();
  const [search, setSearch] = useState('');
  const panelFits = usePanelFits();
  const ids = useMemo(() => (visits ? found(visits, search).map(({ id }) => id) : []), [visits, search]);
  const close = () => void navigate({ to: '/visitors', search: {} });
  useRowKeys('a[data-visit]', { next: t('action.next'), previous: t('action.previous') });

  const visit = selected === undefined ? undefined : visits?.get(selected);
  return (
    <main className={styles.page}>
      <section className={styles.list} aria-label={t('list.title')}>
        <header className={styles.head}>
          <h1>{t('list.title')}</h1>
          {visits !== null && (
            <span className={styles.count}>
              {t(visits.size >= VISITS_LIMIT ? 'list.atMost' : 'list.count', { count: visits.size })}
            </span>
          )}
          <TextInput
            className={styles.search ?? ''}
            aria-label={t('list.search')}
            placeholder={t('list.search')}
            leftSection={<IconSearch size={16} stroke={1.5} />}
            value={search}
            onChange={(event) => setSearch(event.currentTarget.value)}
          />
        </header>
        {visits === null ? (
          <Skeleton rows={6} shape="row" />
        ) : ids.length > 0 ? (
          <VisitsTable visits={visits} ids={ids} selected={selected} />
        ) : (
          <Empty
            says={t(search.trim() === '' ? 'list.empty' : 'list.notFound')}
            icon={<IconUsers size={20} stroke={1.5} />}
          />
        )}
      </section>
      <PanelOrDrawer
        fits={panelFits}
        opened={selected !== undefined && visits !== null}
        onClose={close}
        title={(visit && nameOf(visit)) ?? t('visitor')}
        closeLabel={t('close')}
        resizeLabel={t('resizePanel')}
        drawerSize={380}
      >
        {visit === undefined ? (
          <Empty says={t('hasLeft')} />
        ) : (
          <VisitPanel key={visit.id} visit={visit} onClose={panelFits ? close : null} />
        )}
      </PanelOrDrawer>
    </main>
  );
}
