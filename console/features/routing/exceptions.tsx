import { ActionIcon, Button, TextInput } from '@mantine/core';
import { IconTrash } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { Hours } from '#protocol/routing.ts';
import page from '../../core/page.module.css';
import { DayHours } from './day-hours.tsx';
import styles from './hours.module.css';

type Exception = Hours['exceptions'][number];
type Props = { exceptions: readonly Exception[]; onChange: (exceptions: Exception[]) => void };

/** Dates on which other hours hold: holidays, and days that are open in another way. */
export function Exceptions({ exceptions, onChange }: Props) {
  const { t } = useTranslation('routing');
  const set = (index: number, part: Partial<Exception>) =>
    onChange(exceptions.map((one, at) => (at === index ? { ...one, ...part } : one)));
  return (
    <section className={page.section} aria-labelledby="hours-exceptions">
      <h2 id="hours-exceptions">{t('hours.exceptions')}</h2>
      <p>{t('hours.exceptionsSays')}</p>
      <ul className={styles.days}>
        {exceptions.map(({ date, name, intervals }, index) => {
          const of = date || t('hours.newDate');
          return (
            // A row has nothing of its own but its place: two may have the same date while they are written.
            <li key={index} className={styles.exception}>
              <div className={styles.interval}>
                <TextInput
                  type="date"
                  aria-label={t('hours.date', { nr: index + 1 })}
                  value={date}
                  onChange={(event) => set(index, { date: event.currentTarget.value })}
                />
                <TextInput
                  className={page.grow}
                  aria-label={t('hours.name', { nr: index + 1 })}
                  placeholder={t('hours.nameHint')}
                  maxLength={80}
                  dir="auto"
                  value={name ?? ''}
                  onChange={({ currentTarget: { value } }) =>
                    set(index, { name: value.trim() === '' ? null : value })
                  }
                />
                <ActionIcon
                  variant="subtle"
                  color="gray"
                  size={28}
                  aria-label={t('hours.removeDate', { of })}
                  onClick={() => onChange(exceptions.filter((_, at) => at !== index))}
                >
                  <IconTrash size={16} stroke={1.5} />
                </ActionIcon>
              </div>
              <DayHours
                of={of}
                intervals={intervals}
                onChange={(changed) => set(index, { intervals: changed })}
              />
            </li>
          );
        })}
      </ul>
      <div>
        <Button
          variant="default"
          size="compact-sm"
          disabled={exceptions.length >= 200}
          onClick={() => onChange([...exceptions, { date: '', name: null, intervals: [] }])}
        >
          {t('hours.addDate')}
        </Button>
      </div>
    </section>
  );
}
