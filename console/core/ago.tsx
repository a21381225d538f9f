import { useTranslation } from 'react-i18next';
import { ago, fullTime } from './format.ts';
import { useNow } from './use-now.ts';

/** A point in time as people say it, with the full date as its title. */
export function Ago({ at, className }: { at: string; className?: string | undefined }) {
  const { t } = useTranslation('core');
  const now = useNow('slow');
  return (
    <time dateTime={at} title={fullTime(at)} className={className}>
      {ago(at, now) ?? t('now')}
    </time>
  );
}
