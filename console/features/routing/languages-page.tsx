import { Button, Select } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { State } from '#client/state.ts';
import type { Routing } from '#protocol/routing.ts';
import { useClientState } from '../../core/client.tsx';
import { languageName, languageOptions } from '../../core/languages.ts';
import page from '../../core/page.module.css';
import { ask } from './ask.tsx';
import { RoutingPage } from './routing-page.tsx';
import { useLosses } from './use-losses.ts';
import { tell, useQuickChange } from './use-routing-change.ts';

const accountLanguageOf = ({ account }: State) => account?.language;

/** OP-11: the languages that this account's operators serve. */
export function LanguagesPage() {
  const { t } = useTranslation('routing');
  return (
    <RoutingPage title={t('languages.title')} says={t('languages.says')}>
      {(routing) => <Languages routing={routing} />}
    </RoutingPage>
  );
}

function Languages({ routing }: { routing: Routing }) {
  const { t } = useTranslation('routing');
  const own = useClientState(accountLanguageOf);
  const { mutate, isPending } = useQuickChange();
  const [added, setAdded] = useState<string | null>(null);
  const { languages } = routing.settings;
  const losses = useLosses();
  const set = (all: string[], says: string, removes = 0) =>
    mutate({ method: 'PATCH', path: '/v1/routing', body: { languages: all, removes }, onDone: tell(says) });
  const remove = (tag: string) => {
    const language = languageName(tag);
    const departments = routing.departments.length > 0;
    const { count, goes, widens } = losses(routing, (one) => one.language === tag, departments);
    ask({
      title: t('languages.removeTitle', { language }),
      says: [t('languages.removeSays', { language }), `${goes} ${t('languages.final')}`, ...widens],
      confirm: t('remove'),
      danger: true,
      onConfirm: () =>
        set(
          languages.filter((one) => one !== tag),
          t('languages.removed', { language }),
          count,
        ),
    });
  };
  return (
    <section className={page.section} aria-label={t('languages.title')}>
      <ul className={page.rows} aria-label={t('languages.title')}>
        {languages.map((tag) => (
          <li key={tag}>
            <span className={page.grow}>
              {languageName(tag)} <span className={page.meta}>{tag}</span>
            </span>
            {tag === own ? (
              <span className={page.meta}>{t('languages.own')}</span>
            ) : (
              <Button
                variant="default"
                size="compact-sm"
                disabled={isPending}
                aria-label={t('languages.removeOne', { language: languageName(tag) })}
                onClick={() => remove(tag)}
              >
                {t('remove')}
              </Button>
            )}
          </li>
        ))}
      </ul>
      <form
        noValidate
        className={page.line}
        onSubmit={(event) => {
          event.preventDefault();
          if (added === null) return;
          set([...languages, added], t('languages.added', { language: languageName(added) }));
          setAdded(null);
        }}
      >
        <Select
          className={page.grow}
          aria-label={t('languages.choose')}
          placeholder={t('languages.choose')}
          data={languageOptions().filter(({ value }) => !languages.includes(value))}
          searchable
          nothingFoundMessage={t('languages.nothing')}
          value={added}
          onChange={setAdded}
        />
        <Button type="submit" variant="default" loading={isPending} disabled={added === null}>
          {t('languages.add')}
        </Button>
      </form>
      <p>
        {t('languages.next')} <Link to="/settings/destinations">{t('destinations.title')}</Link>
      </p>
    </section>
  );
}
