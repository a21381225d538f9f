import { ActionIcon, Button, TextInput } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import page from '../../core/page.module.css';
import styles from './hours.module.css';
import type { Interval } from './hours-form.ts';

const MOST = 8;

type Props = {
  /** Whose hours: a day or a date, for labels. */
  of: string;
  intervals: readonly Interval[];
  onChange: (intervals: Interval[]) => void;
  /** Offers to take these hours for the other working days. */
  onCopy?: (() => void) | undefined;
};

/** The intervals of one day; none is closed. */
export function DayHours({ of, intervals, onChange, onCopy }: Props) {
  const { t } = useTranslation('routing');
  const set = (index: number, part: Partial<Interval>) =>
    onChange(intervals.map((one, at) => (at === index ? { ...one, ...part } : one)));
  return (
    <div className={styles.intervals}>
      {intervals.length === 0 && <span className={page.quiet}>{t('hours.closed')}</span>}
      {intervals.map(({ from, to }, index) => (
        // An interval has nothing of its own but its place.
        <div key={index} className={styles.interval}>
          <TextInput
            type="time"
            aria-label={t('hours.from', { of, nr: index + 1 })}
            value={from}
            onChange={(event) => set(index, { from: event.currentTarget.value })}
          />
          <span aria-hidden>–</span>
          <TextInput
            type="time"
            aria-label={t('hours.to', { of, nr: index + 1 })}
            // A field of this kind knows no 24:00; 00:00 as an end is the same.
            value={to === '24:00' ? '00:00' : to}
            onChange={(event) => set(index, { to: event.currentTarget.value })}
          />
          <ActionIcon
            variant="subtle"
            color="gray"
            size={28}
            aria-label={t('hours.removeOne', { of, nr: index + 1 })}
            onClick={() => onChange(intervals.filter((_, at) => at !== index))}
          >
            <IconX size={16} stroke={1.5} />
          </ActionIcon>
          {from !== '' && to !== '' && to <= from && (
            <span className={page.meta}>{t(to === from ? 'hours.wholeDay' : 'hours.nextDay')}</span>
          )}
        </div>
      ))}
      <div className={page.line}>
        {intervals.length < MOST && (
          <Button
            variant="subtle"
            size="compact-sm"
            leftSection={<IconPlus size={14} stroke={1.5} aria-hidden />}
            aria-label={t('hours.addTo', { of })}
            onClick={() =>
              onChange([
                ...intervals,
                { from: intervals.length === 0 ? '09:00' : '', to: intervals.length === 0 ? '17:00' : '' },
              ])
            }
          >
            {t('hours.add')}
          </Button>
        )}
        {onCopy !== undefined && (
          <Button variant="subtle" size="compact-sm" onClick={onCopy}>
            {t('hours.copy')}
          </Button>
        )}
      </div>
    </div>
  );
}
