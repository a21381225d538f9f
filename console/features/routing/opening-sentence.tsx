import { IconClock } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { Hours } from '#protocol/routing.ts';
import { wallClock } from '../../core/format.ts';
import { useNow } from '../../core/use-now.ts';
import { hoursNow, wallTime } from './hours-now.ts';
import styles from './routing.module.css';

/** "Open now until 17:00", "Closed, opens Monday 09:00": what these hours mean at this moment. */
export function OpeningSentence({ hours }: { hours: Hours | null }) {
  const { t } = useTranslation('routing');
  const now = useNow('slow');
  return (
    <p className={styles.notice} role="status">
      <IconClock size={18} stroke={1.5} aria-hidden />
      <span>
        <strong>{sentence()}</strong>
      </span>
    </p>
  );
  function sentence(): string {
    if (hours === null) return t('hours.now.always');
    const today = wallTime(hours.timeZone, now);
    const { open, until } = hoursNow(hours, today);
    if (until === null) return t(open ? 'hours.now.always' : 'hours.now.never');
    const time = wallClock(until.date, until.minute, today.date);
    return t(open ? 'hours.now.open' : 'hours.now.closed', { time });
  }
}
