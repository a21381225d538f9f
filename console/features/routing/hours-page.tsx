import { Radio, Select } from '@mantine/core';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Hours, RoutingSettings } from '#protocol/routing.ts';
import { weekdays } from '../../core/format.ts';
import { FormError } from '../../core/form-error.tsx';
import page from '../../core/page.module.css';
import { SaveBar } from '../../core/save-bar.tsx';
import { ChangedElsewhere } from './changed-elsewhere.tsx';
import { DayHours } from './day-hours.tsx';
import { Exceptions } from './exceptions.tsx';
import styles from './hours.module.css';
import { faultIn, suggestedHours, zones } from './hours-form.ts';
import { OpeningSentence } from './opening-sentence.tsx';
import { RoutingPage } from './routing-page.tsx';
import { useDraft } from './use-draft.ts';
import { tell, useRoutingChange } from './use-routing-change.ts';

/** OP-14: when the business is open. */
export function HoursPage() {
  const { t } = useTranslation('routing');
  return (
    <RoutingPage title={t('hours.title')} says={t('hours.says')}>
      {({ settings }) => <Form settings={settings} />}
    </RoutingPage>
  );
}

function Form({ settings }: { settings: RoutingSettings }) {
  const { t } = useTranslation('routing');
  const draft = useDraft({ always: settings.hours === null, hours: settings.hours ?? suggestedHours() });
  const { always, hours } = draft.values;
  const set = (part: Partial<Hours>) => draft.change({ hours: { ...hours, ...part } });
  const save = useRoutingChange();
  const [tried, setTried] = useState(false);
  const fault = always ? null : faultIn(hours);
  const days = useMemo(() => weekdays(), []);
  return (
    <form
      noValidate
      className={page.form}
      onSubmit={(event) => {
        event.preventDefault();
        setTried(fault !== null);
        if (fault !== null) return;
        save.mutate({
          method: 'PATCH',
          path: '/v1/routing',
          body: { hours: always ? null : hours },
          onDone: () => {
            draft.settle();
            tell(t('saved'))();
          },
        });
      }}
    >
      {fault === null && <OpeningSentence hours={always ? null : hours} />}
      <Radio.Group
        label={t('hours.when')}
        value={always ? 'always' : 'hours'}
        onChange={(value) => draft.change({ always: value === 'always' })}
      >
        <div className={page.form}>
          <Radio mt={4} value="always" label={t('hours.always')} description={t('hours.alwaysSays')} />
          <Radio value="hours" label={t('hours.only')} description={t('hours.onlySays')} />
        </div>
      </Radio.Group>
      {!always && (
        <>
          <section className={page.section}>
            <Select
              label={t('hours.zone')}
              description={t('hours.zoneHint')}
              data={zones(hours.timeZone)}
              searchable
              limit={60}
              allowDeselect={false}
              nothingFoundMessage={t('hours.noZone')}
              value={hours.timeZone}
              onChange={(timeZone) => timeZone !== null && set({ timeZone })}
            />
          </section>
          <section className={page.section} aria-labelledby="hours-week">
            <h2 id="hours-week">{t('hours.week')}</h2>
            <p>{t('hours.weekSays')}</p>
            <ul className={styles.days}>
              {hours.week.map((intervals, day) => (
                <li key={days[day]} className={styles.day}>
                  <span className={styles.name}>{days[day]}</span>
                  <DayHours
                    of={days[day] ?? ''}
                    intervals={intervals}
                    onChange={(changed) => set({ week: hours.week.with(day, changed) })}
                    onCopy={
                      day === 0
                        ? () => set({ week: hours.week.map((old, at) => (at < 5 ? intervals : old)) })
                        : undefined
                    }
                  />
                </li>
              ))}
            </ul>
          </section>
          <Exceptions exceptions={hours.exceptions} onChange={(exceptions) => set({ exceptions })} />
        </>
      )}
      {draft.changedElsewhere && <ChangedElsewhere onTheirs={draft.discard} />}
      {tried && fault !== null && (
        <p role="alert" className={page.error}>
          {t(`hours.fault.${fault}`)}
        </p>
      )}
      <FormError error={save.error} />
      <SaveBar dirty={draft.dirty} saving={save.isPending} onDiscard={draft.discard} />
    </form>
  );
}
