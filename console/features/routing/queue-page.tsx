import { NumberInput, Radio } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Distribution, LanguageFallback, RoutingSettings } from '#protocol/routing.ts';
import { FormError, fieldErrors } from '../../core/form-error.tsx';
import page from '../../core/page.module.css';
import { SaveBar } from '../../core/save-bar.tsx';
import { ChangedElsewhere } from './changed-elsewhere.tsx';
import { RoutingPage } from './routing-page.tsx';
import { useDraft } from './use-draft.ts';
import { tell, useRoutingChange } from './use-routing-change.ts';

type Values = Pick<RoutingSettings, 'distribution' | 'capacity' | 'missedAfter' | 'languageFallback'> & {
  /** null: the field is empty. */
  answerWithin: number | null;
};

const distributions: Distribution[] = ['ring-all', 'round-robin', 'least-busy'];
const fallbacks: LanguageFallback[] = ['hide', 'form', 'default-language', 'queue'];

/** OP-14, VI-06: whom a waiting visitor rings, for how long, and what happens when nobody serves the language. */
export function QueuePage() {
  const { t } = useTranslation('routing');
  return (
    <RoutingPage title={t('queue.title')} says={t('queue.says')}>
      {({ settings }) => <Form settings={settings} />}
    </RoutingPage>
  );
}

const valuesOf = ({ distribution, capacity, answerWithin, missedAfter, languageFallback }: RoutingSettings) =>
  ({ distribution, capacity, answerWithin, missedAfter, languageFallback }) satisfies Values;

function Form({ settings }: { settings: RoutingSettings }) {
  const { t } = useTranslation('routing');
  const draft = useDraft<Values>(valuesOf(settings));
  const save = useRoutingChange();
  const { values, change } = draft;
  const errors = fieldErrors(save.error);
  const seconds = (field: 'capacity' | 'answerWithin' | 'missedAfter') => ({
    value: values[field] ?? '',
    allowDecimal: false,
    allowNegative: false,
    error: errors[field],
    onChange: (value: string | number) => change({ [field]: typeof value === 'number' ? value : null }),
  });
  return (
    <form
      noValidate
      className={page.form}
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate({
          method: 'PATCH',
          path: '/v1/routing',
          body: values,
          onDone: () => {
            draft.settle();
            tell(t('saved'))();
          },
        });
      }}
    >
      <section className={page.section} aria-labelledby="queue-ring">
        <h2 id="queue-ring">{t('queue.ring')}</h2>
        <Radio.Group
          aria-labelledby="queue-ring"
          value={values.distribution}
          onChange={(distribution) => change({ distribution: distribution as Distribution })}
        >
          <div className={page.form}>
            {distributions.map((one) => (
              <Radio
                key={one}
                value={one}
                label={t(`queue.by.${one}`)}
                description={t(`queue.bySays.${one}`)}
              />
            ))}
          </div>
        </Radio.Group>
        <NumberInput
          label={t('queue.answerWithin')}
          description={t('queue.answerWithinHint')}
          {...seconds('answerWithin')}
          error={
            values.answerWithin === null || values.answerWithin < 5 || values.answerWithin > 3600
              ? t('queue.answerWithinRange')
              : errors['answerWithin']
          }
        />
        <NumberInput
          label={t('queue.capacity')}
          description={t('queue.capacityHint')}
          {...seconds('capacity')}
        />
        <NumberInput
          label={t('queue.missedAfter')}
          description={t('queue.missedAfterHint')}
          {...seconds('missedAfter')}
        />
      </section>
      <section className={page.section} aria-labelledby="queue-language">
        <h2 id="queue-language">{t('queue.language')}</h2>
        <p>{t('queue.languageSays')}</p>
        <Radio.Group
          aria-labelledby="queue-language"
          value={values.languageFallback}
          onChange={(fallback) => change({ languageFallback: fallback as LanguageFallback })}
        >
          <div className={page.form}>
            {fallbacks.map((one) => (
              <Radio
                key={one}
                value={one}
                label={t(`queue.fallback.${one}`)}
                description={t(`queue.fallbackSays.${one}`)}
              />
            ))}
          </div>
        </Radio.Group>
      </section>
      {draft.changedElsewhere && <ChangedElsewhere onTheirs={draft.discard} />}
      <FormError error={save.error} />
      <SaveBar dirty={draft.dirty} saving={save.isPending} onDiscard={draft.discard} />
    </form>
  );
}
