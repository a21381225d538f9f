import { IconRosetteDiscountCheck } from '@tabler/icons-react';
import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { Conversation, VisitorPanel as Panel } from '#protocol/conversations.ts';
import { Ago } from '../../core/ago.tsx';
import { api } from '../../core/api.ts';
import { browserName } from '../../core/browser-name.ts';
import { languageName } from '../../core/languages.ts';
import { useMembership } from '../../core/membership.ts';
import { Failure, Skeleton } from '../../core/states.tsx';
import { WhyHere } from '../conversations/why-here.tsx';
import { Fact, PageLink } from './facts.tsx';
import styles from './visitor-panel.module.css';

/** Who the visitor is, where they are on the site, and what was said before. */
export function VisitorPanel({ conversation }: { conversation: Conversation }) {
  const { t } = useTranslation('visitors');
  const { operatorId } = useMembership();
  const queries = useQueryClient();
  const { visitor, page, state, channel } = conversation;
  const panel = useQuery({
    queryKey: ['visitor', operatorId, visitor.id],
    queryFn: ({ signal }) => api<Panel>('GET', `/v1/visitors/${visitor.id}`, { operatorId, signal }),
    placeholderData: keepPreviousData,
  });
  // The conversation tells of a new page, name or address at once; the rest of the panel follows it.
  const news = `${state} ${page?.url} ${visitor.name} ${visitor.email}`;
  const shown = useRef(news);
  useEffect(() => {
    if (shown.current === news) return;
    shown.current = news;
    void queries.invalidateQueries({ queryKey: ['visitor', operatorId, visitor.id] });
  }, [queries, operatorId, visitor.id, news]);

  const data = panel.data;
  const past = data?.conversations.filter((one) => one.id !== conversation.id) ?? [];
  const attributes = Object.entries(data?.visitor.attributes ?? {});
  const email = visitor.email ?? data?.visitor.email;
  return (
    <aside className={styles.panel} aria-label={t('title')}>
      <header className={styles.head}>
        <h2>
          <bdi>{visitor.name ?? t('visitor')}</bdi>
        </h2>
        {data?.visitor.verified === true && (
          <span className={styles.verified} title={t('verifiedSays')}>
            <IconRosetteDiscountCheck size={16} stroke={1.5} aria-hidden />
            {t('verified')}
          </span>
        )}
      </header>
      <dl className={styles.facts}>
        <Fact name={t('email')}>
          {email === null || email === undefined ? (
            <span className={styles.none}>{t('unknown')}</span>
          ) : (
            <a href={`mailto:${email}`}>{email}</a>
          )}
        </Fact>
        {page !== null && (
          <Fact name={state !== 'closed' && channel === 'chat' ? t('pageNow') : t('pageLast')}>
            <PageLink page={page} />
          </Fact>
        )}
        {data?.visitor.browser != null && (
          <Fact name={t('browser')}>{browserName(data.visitor.browser)}</Fact>
        )}
        {data?.visitor.language != null && (
          <Fact name={t('language')}>{languageName(data.visitor.language)}</Fact>
        )}
        {data?.visitor.externalId != null && <Fact name={t('externalId')}>{data.visitor.externalId}</Fact>}
        {data !== undefined && (
          <Fact name={t('firstSeen')}>
            <Ago at={data.visitor.firstSeenAt} />
          </Fact>
        )}
      </dl>
      {panel.isPending && <Skeleton rows={4} />}
      {panel.isError && <Failure error={panel.error} retry={() => void panel.refetch()} />}
      {attributes.length > 0 && (
        <section>
          <h3>{t('attributes')}</h3>
          <dl className={styles.facts}>
            {attributes.map(([name, value]) => (
              <Fact key={name} name={name}>
                {value}
              </Fact>
            ))}
          </dl>
        </section>
      )}
      {data !== undefined && data.pages.length > 0 && (
        <section>
          <h3>{t('pages')}</h3>
          <ol className={styles.rows}>
            {data.pages.map((visit) => (
              <li key={`${visit.at} ${visit.url}`}>
                <PageLink page={visit} />
                <Ago at={visit.at} />
              </li>
            ))}
          </ol>
        </section>
      )}
      {past.length > 0 && (
        <section>
          <h3>{t('past')}</h3>
          <ul className={styles.rows}>
            {past.map((one) => (
              <li key={one.id}>
                <Link to="/" search={(before) => ({ ...before, chat: one.id })} dir="auto">
                  {one.preview?.text ?? t('noMessages')}
                </Link>
                <Ago at={one.createdAt} />
              </li>
            ))}
          </ul>
        </section>
      )}
      <WhyHere key={conversation.id} conversation={conversation} />
    </aside>
  );
}
