import { IconMail } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { Conversation } from '#protocol/conversations.ts';
import type { Operator } from '#protocol/operators.ts';
import { clockTime, dayName, fullTime } from '../../core/format.ts';
import { useNow } from '../../core/use-now.ts';
import { Message, Words } from './message.tsx';
import styles from './thread.module.css';
import type { Line } from './thread-lines.ts';

export type Names = {
  conversation: Conversation;
  operators: ReadonlyMap<string, Operator>;
  /** Names of the `joined` entries: operators who are gone still have theirs here. */
  joined: ReadonlyMap<string, string>;
  operatorId: string;
};

function useNamed({ conversation, operators, joined, operatorId }: Names) {
  const { t } = useTranslation('conversations');
  return {
    visitor: conversation.visitor.name ?? t('visitor'),
    operator: (id: string) =>
      id === operatorId ? t('you') : (joined.get(id) ?? operators.get(id)?.name ?? t('operator')),
  };
}

function Day({ at }: { at: string }) {
  const now = useNow('slow');
  return (
    <div className={styles.rule}>
      <time dateTime={at}>{dayName(at, now)}</time>
    </div>
  );
}

/** One line of the thread: a message, or something that happened between messages. */
export function ThreadLine({ line, names }: { line: Line; names: Names }) {
  const { t } = useTranslation('conversations');
  const named = useNamed(names);
  const system = (says: string) => (
    <p className={styles.system} title={fullTime(line.at)}>
      {says} <time dateTime={line.at}>{clockTime(line.at)}</time>
    </p>
  );
  switch (line.kind) {
    case 'message':
      return (
        <Message
          line={line}
          author={line.side === 'visitor' ? named.visitor : named.operator(line.authorId)}
        />
      );
    case 'day':
      return <Day at={line.at} />;
    case 'new':
      return <div className={`${styles.rule} ${styles.new}`}>{t('new')}</div>;
    case 'joined':
      return system(
        line.operatorId === names.operatorId
          ? t('system.youJoined')
          : t('system.joined', { name: line.name }),
      );
    case 'closed': {
      if (line.by === 'system') return system(t('system.closed'));
      if (line.operatorId === names.operatorId) return system(t('system.youClosed'));
      const name = line.operatorId === undefined ? named.visitor : named.operator(line.operatorId);
      return system(t('system.closedBy', { name }));
    }
    case 'details': {
      const told = [line.name, line.email].filter((value) => value !== null && value !== undefined);
      return told.length === 0 ? null : system(t('system.details', { told: told.join(', ') }));
    }
    case 'pages':
      return (
        <p className={styles.system} title={fullTime(line.at)}>
          {line.count > 1 ? t('system.pages', { count: line.count }) : t('system.page')}{' '}
          <a href={line.url} target="_blank" rel="noopener noreferrer nofollow" dir="auto">
            {line.title === '' ? line.url : line.title}
          </a>{' '}
          <time dateTime={line.at}>{clockTime(line.at)}</time>
        </p>
      );
    case 'offline':
      return (
        <article className={styles.offline}>
          <header>
            <IconMail size={16} stroke={1.5} aria-hidden />
            <span>{t('offline.from', { email: line.email })}</span>
            <time dateTime={line.at} title={fullTime(line.at)}>
              {clockTime(line.at)}
            </time>
          </header>
          {line.subject !== null && <h2 dir="auto">{line.subject}</h2>}
          <p dir="auto">
            <Words text={line.text} />
          </p>
        </article>
      );
  }
}
