import { IconMail } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Conversation } from '#protocol/conversations.ts';
import type { Operator } from '#protocol/operators.ts';
import { clockTime, dayName, fullTime } from '../../core/format.ts';
import { useNow } from '../../core/use-now.ts';
import { Message, Words } from './message.tsx';
import styles from './thread.module.css';
import { Note } from './note.tsx';
import type { Line, RoutedLine } from './thread-lines.ts';

export type Names = {
  conversation: Conversation;
  operators: ReadonlyMap<string, Operator>;
  /** Names of the `joined` and `invited` entries: operators who are gone still have theirs here. */
  joined: ReadonlyMap<string, string>;
  operatorId: string;
};

function useNamed({ conversation, operators, joined, operatorId }: Names) {
  const { t, i18n } = useTranslation('conversations');
  return {
    visitor: conversation.visitor.name ?? t('visitor'),
    operator: (id: string) =>
      id === operatorId ? t('you') : (joined.get(id) ?? operators.get(id)?.name ?? t('operator')),
    operators: (ids: readonly string[]) =>
      new Intl.ListFormat(i18n.language).format(
        ids.map((id) => joined.get(id) ?? operators.get(id)?.name ?? t('operator')),
      ),
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

const ENDED = {
  timeout: 'transferTimeout',
  cancelled: 'transferCancelled',
  unavailable: 'transferUnavailable',
  'operator-lost': 'queuedLost',
  'operator-gone': 'queuedGone',
  missed: 'missed',
  left: 'leftUnanswered',
} as const;

/** "Rang Boris, no answer; rings Anna" (OP-14). */
function Routed({ line, names }: { line: RoutedLine; names: (ids: readonly string[]) => string }) {
  const { t, i18n } = useTranslation('conversations');
  const { passed, ring } = line;
  const rang = passed.length > 0 ? [t('system.rang', { names: names(passed) })] : [];
  const rings =
    ring === null
      ? t('system.ringsAll')
      : ring.length === 0
        ? t('system.ringsNobody')
        : t('system.rings', { names: names(ring) });
  const says = [...rang, rings].join('; ');
  return says.charAt(0).toLocaleUpperCase(i18n.language) + says.slice(1);
}

/** One line of the thread: a message, or something that happened between messages. */
export function ThreadLine({ line, names }: { line: Line; names: Names }) {
  const { t } = useTranslation('conversations');
  const named = useNamed(names);
  const me = names.operatorId;
  const system = (says: ReactNode) => (
    <p className={styles.system} title={fullTime(line.at)}>
      {says} <time dateTime={line.at}>{clockTime(line.at)}</time>
    </p>
  );
  switch (line.kind) {
    case 'message':
      return (
        <Message
          line={line}
          author={
            line.authorId === names.conversation.visitor.id && names.conversation.channel !== 'colleague'
              ? named.visitor
              : named.operator(line.authorId)
          }
        />
      );
    case 'note':
      return <Note line={line} author={line.authorId === me ? null : named.operator(line.authorId)} />;
    case 'routed':
      return system(<Routed line={line} names={named.operators} />);
    case 'transfer': {
      const { from, to } = line.transfer;
      if (from.id === me) return system(t('system.youTransfer', { to: to.name }));
      return system(
        to.id === me
          ? t('system.transferToYou', { name: from.name })
          : t('system.transfer', { name: from.name, to: to.name }),
      );
    }
    case 'declined':
      return system(
        line.operatorId === me ? t('system.youDeclined') : t('system.declined', { name: line.name }),
      );
    case 'ended':
      return system(t(`system.${ENDED[line.why]}`));
    case 'day':
      return <Day at={line.at} />;
    case 'new':
      return <div className={`${styles.rule} ${styles.new}`}>{t('new')}</div>;
    case 'joined':
      return system(line.operatorId === me ? t('system.youJoined') : t('system.joined', { name: line.name }));
    case 'closed': {
      if (line.by === 'system') return system(t('system.closed'));
      if (line.operatorId === me) return system(t('system.youClosed'));
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
