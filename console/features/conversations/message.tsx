import { Button } from '@mantine/core';
import { IconAlertCircle, IconCheck, IconChecks, IconClock } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { linkify } from '#client/linkify.ts';
import { useClient } from '../../core/client.tsx';
import { clockTime, fullTime } from '../../core/format.ts';
import styles from './message.module.css';
import type { Fate, MessageLine } from './thread-lines.ts';

/** Text as text; addresses in it as links that tell the other site nothing. */
export function Words({ text }: { text: string }) {
  return linkify(text).map((piece, index) =>
    piece.href === undefined ? (
      piece.text
    ) : (
      <a key={index} href={piece.href} target="_blank" rel="noopener noreferrer nofollow">
        {piece.text}
      </a>
    ),
  );
}

export function FateMark({ fate }: { fate: Fate }) {
  const { t } = useTranslation('conversations');
  const says = t(`fate.${fate}`);
  const Icon = {
    queued: IconClock,
    refused: IconAlertCircle,
    sent: IconCheck,
    delivered: IconChecks,
    read: IconChecks,
  }[fate];
  return (
    <span className={styles.fate} data-fate={fate} title={says}>
      <Icon size={14} stroke={1.75} aria-hidden />
      <span className="visually-hidden">{says}</span>
    </span>
  );
}

/** One bubble. `author` is written above the first of a group. */
export function Message({ line, author }: { line: MessageLine; author: string }) {
  const showFate = line.fate !== null && (line.ends || line.fate === 'queued' || line.fate === 'refused');
  return (
    <div className={styles.message} data-side={line.side} data-starts={line.starts || undefined}>
      {line.starts && (
        <div className={styles.author} dir="auto">
          {author}
        </div>
      )}
      <div className={styles.line}>
        {/* Reached by the arrow keys from the log, which shows its time. */}
        <div
          className={styles.bubble}
          data-fate={line.fate ?? undefined}
          data-message
          tabIndex={-1}
          dir="auto"
        >
          <Words text={line.text} />
        </div>
        <span className={styles.beside}>
          <time className={styles.time} dateTime={line.at} title={fullTime(line.at)}>
            {clockTime(line.at)}
          </time>
          {showFate && line.fate !== null && <FateMark fate={line.fate} />}
        </span>
      </div>
      <RefusedLine line={line} />
    </div>
  );
}

/** What was not sent stays where it is, with why and what can be done. */
export function RefusedLine({ line }: { line: Pick<MessageLine, 'fate' | 'ref' | 'refused'> }) {
  const { t } = useTranslation('conversations');
  const client = useClient();
  const { fate, ref, refused } = line;
  if (fate !== 'refused' || ref === undefined) return null;
  return (
    <div className={styles.refused} role="alert">
      <span>{t('refused.because', { why: refused?.message })}</span>
      <Button size="compact-xs" variant="default" onClick={() => client.retry(ref)}>
        {t('refused.retry')}
      </Button>
      <Button size="compact-xs" variant="default" onClick={() => client.discard(ref)}>
        {t('refused.delete')}
      </Button>
    </div>
  );
}
