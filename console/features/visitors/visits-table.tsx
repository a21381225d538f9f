import { useVirtualizer } from '@tanstack/react-virtual';
import { Link } from '@tanstack/react-router';
import { memo, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { SiteVisit } from '#protocol/visitors.ts';
import { Avatar } from '../../core/avatar.tsx';
import { browserName } from '../../core/browser-name.ts';
import { duration } from '../../core/format.ts';
import { HeldList, useHeld } from '../../core/held-list.tsx';
import { useNow } from '../../core/use-now.ts';
import { VisitState } from './visit-state.tsx';
import { nameOf, pageOf, referrerHost, shortAddress } from './visits.ts';
import styles from './visits-table.module.css';

const ROW_HEIGHT = 52;
const COLUMNS = ['visitor', 'page', 'referrer', 'browser', 'language', 'time', 'pages', 'state'] as const;

function TimeOnSite({ since }: { since: string }) {
  const now = useNow('second');
  return <>{duration(now - Date.parse(since))}</>;
}

const Row = memo(function Row({ visit, selected }: { visit: SiteVisit; selected: boolean }) {
  const { t } = useTranslation('visitors');
  const name = nameOf(visit) ?? t('visitor');
  const page = pageOf(visit);
  const address = page ? shortAddress(page.url) : '';
  return (
    <>
      <div role="cell" className={styles.visitor}>
        <Avatar name={name} seed={visit.visitor?.name ?? visit.id} size={28} />
        <Link
          to="/visitors"
          search={{ visit: visit.id }}
          className={styles.open}
          data-visit={visit.id}
          aria-current={selected ? 'true' : undefined}
          activeProps={{}}
        >
          <bdi>{name}</bdi>
        </Link>
      </div>
      <div role="cell" className={styles.page}>
        <span dir="auto">{page?.title || address}</span>
        <small dir="ltr">{address}</small>
      </div>
      <div role="cell" className={styles.wide} title={visit.referrer ?? undefined}>
        {referrerHost(visit.referrer) ?? <span className={styles.none}>{t('direct')}</span>}
      </div>
      <div role="cell" className={styles.wide}>
        {visit.browser === null ? '' : browserName(visit.browser)}
      </div>
      <div role="cell" className={styles.wide}>
        {visit.language}
      </div>
      <div role="cell" className={styles.number}>
        <TimeOnSite since={visit.since} />
      </div>
      <div role="cell" className={`${styles.number} ${styles.wide}`}>
        {visit.visited}
      </div>
      <div role="cell" className={styles.stateCell}>
        <VisitState visit={visit} />
      </div>
    </>
  );
});

type Props = { visits: ReadonlyMap<string, SiteVisit>; ids: readonly string[]; selected: string | undefined };

/** Who is on the sites. Only what is seen is drawn; who comes or leaves never moves the row under the pointer. */
export function VisitsTable({ visits, ids, selected }: Props) {
  const { t } = useTranslation('visitors');
  const held = useHeld(ids);
  const { shown } = held;
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: shown.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    getItemKey: (index) => shown[index] ?? index,
    overscan: 8,
    useFlushSync: false,
  });
  return (
    <HeldList held={held} fresh={t('fresh', { count: held.fresh })}>
      <div className={styles.scroller} ref={scroller}>
        <div
          role="table"
          aria-label={t('list.title')}
          aria-rowcount={shown.length + 1}
          className={styles.table}
        >
          <div role="rowgroup" className={styles.head}>
            <div role="row" aria-rowindex={1} className={styles.row}>
              {COLUMNS.map((name) => (
                <div key={name} role="columnheader" className={styles[`of-${name}`]}>
                  {t(`column.${name}`)}
                </div>
              ))}
            </div>
          </div>
          <div role="rowgroup" className={styles.body} style={{ blockSize: virtual.getTotalSize() }}>
            {virtual.getVirtualItems().map(({ index, key, start }) => {
              const visit = visits.get(shown[index] ?? '');
              return (
                visit !== undefined && (
                  <div
                    key={key}
                    role="row"
                    aria-rowindex={index + 2}
                    className={styles.row}
                    data-selected={visit.id === selected || undefined}
                    style={{ transform: `translateY(${start}px)` }}
                  >
                    <Row visit={visit} selected={visit.id === selected} />
                  </div>
                )
              );
            })}
          </div>
        </div>
      </div>
    </HeldList>
  );
}
