import { Button } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Ago } from '../../core/ago.tsx';
import { api } from '../../core/api.ts';
import { browserName } from '../../core/browser-name.ts';
import page from '../../core/page.module.css';
import { Failure, Skeleton } from '../../core/states.tsx';
import { sessionsQuery } from './session.ts';

/** Where I am signed in; each of the others can be ended at once. */
export function MySessions() {
  const { t } = useTranslation('auth');
  const queries = useQueryClient();
  const sessions = useQuery(sessionsQuery);
  const end = useMutation({
    mutationFn: (sessionId: string) => api('DELETE', `/v1/person/sessions/${sessionId}`),
    onSettled: () => queries.invalidateQueries({ queryKey: sessionsQuery.queryKey }),
  });
  return (
    <section className={page.section} aria-labelledby="my-sessions">
      <h2 id="my-sessions">{t('sessions.title')}</h2>
      <p>{t('sessions.says')}</p>
      {sessions.isPending && <Skeleton rows={3} />}
      {sessions.isError && <Failure error={sessions.error} retry={() => void sessions.refetch()} />}
      {end.isError && <Failure error={end.error} />}
      {sessions.data !== undefined && (
        <ul className={page.rows}>
          {sessions.data.sessions.map((session) => (
            <li key={session.id}>
              <span className={page.grow}>
                {session.browser === null ? t('sessions.unknownBrowser') : browserName(session.browser)}{' '}
                <span className={page.meta}>
                  {session.current ? t('sessions.current') : t('sessions.lastUsed')}{' '}
                  {!session.current && <Ago at={session.lastUsedAt} inWords />}
                </span>
              </span>
              {!session.current && (
                <Button
                  variant="default"
                  size="compact-sm"
                  loading={end.isPending && end.variables === session.id}
                  onClick={() => end.mutate(session.id)}
                >
                  {t('sessions.end')}
                </Button>
              )}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
