import { useTranslation } from 'react-i18next';
import { ago, agoInWords, fullTime } from './format.ts';
import { useNow } from './use-now.ts';

type Props = { at: string; inWords?: boolean | undefined; className?: string | undefined };

/** A point in time as people say it, with the full date as its title. */
export function Ago({ at, inWords = false, className }: Props) {
  const { t } = useTranslation('core');
  const now = useNow('slow');
  return (
    <time dateTime={at} title={fullTime(at)} className={className}>
      {(inWords ? agoInWords(at, now) : ago(at, now)) ?? t('now')}
    </time>
  );
}
