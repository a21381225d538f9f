import { IconNote } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { clockTime, fullTime } from '../../core/format.ts';
import { FateMark, RefusedLine, Words } from './message.tsx';
import styles from './note.module.css';
import type { NoteLine } from './thread-lines.ts';

/** What operators say to each other beside the visitor; over the whole width and in its own colours. `author`: null is me. */
export function Note({ line, author }: { line: NoteLine; author: string | null }) {
  const { t } = useTranslation('conversations');
  return (
    <div className={styles.note} data-note data-fate={line.fate ?? undefined}>
      <header>
        <IconNote size={14} stroke={1.5} aria-hidden />
        <span className={styles.by}>
          <strong>{author === null ? t('note.byYou') : t('note.by', { name: author })}</strong>
          {' · '}
          {t('note.hidden')}
        </span>
        <time dateTime={line.at} title={fullTime(line.at)}>
          {clockTime(line.at)}
        </time>
        {line.fate !== null && <FateMark fate={line.fate} />}
      </header>
      <p dir="auto">
        <Words text={line.text} />
      </p>
      <RefusedLine line={line} />
    </div>
  );
}
