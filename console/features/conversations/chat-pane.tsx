import { ActionIcon, Button, Tooltip } from '@mantine/core';
import { modals } from '@mantine/modals';
import { IconArrowLeft, IconEye, IconLayoutSidebarRight, IconMail, IconMessages } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Thread as ThreadState } from '#client/state.ts';
import { useAction } from '../../core/actions.ts';
import { Avatar } from '../../core/avatar.tsx';
import { useOutbox, useThread } from '../../core/client.tsx';
import { duration } from '../../core/format.ts';
import { useMembership } from '../../core/membership.ts';
import { Empty, Skeleton } from '../../core/states.tsx';
import { useNow } from '../../core/use-now.ts';
import styles from './chat-pane.module.css';
import { useConversationCommands } from './commands.ts';
import { Composer } from './composer.tsx';
import { Thread } from './thread.tsx';
import { useReading } from './use-reading.ts';

type Props = { chat: string; onBack: () => void; onTogglePanel: () => void; panelOpen: boolean };

const NOT_HERE_MS = 4000;

/** The open conversation: who it is with, what was said, and the answer. */
export function ChatPane(props: Props) {
  const { t } = useTranslation('conversations');
  const thread = useThread(props.chat);
  // Once it was here and is no more: somebody took it, and no waiting will bring it.
  const [seen, setSeen] = useState<string | null>(null);
  if (thread !== undefined && seen !== props.chat) setSeen(props.chat);
  return (
    <section className={styles.pane} aria-label={t('conversation')}>
      {thread === undefined ? (
        <Opening key={props.chat} {...props} gone={seen === props.chat} />
      ) : (
        <Opened key={props.chat} {...props} thread={thread} />
      )}
    </section>
  );
}

function Opening({ onBack, gone }: Props & { gone: boolean }) {
  const { t } = useTranslation('conversations');
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), NOT_HERE_MS);
    return () => clearTimeout(timer);
  }, []);
  if (!late && !gone) return <Skeleton rows={6} />;
  return (
    <Empty says={t('notHere')} icon={<IconMessages size={20} stroke={1.5} />}>
      <Button variant="default" onClick={onBack}>
        {t('toList')}
      </Button>
    </Empty>
  );
}

function Since({ at }: { at: string }) {
  return <>{duration(useNow('second') - Date.parse(at))}</>;
}

function Opened({ chat, thread, onBack, onTogglePanel, panelOpen }: Props & { thread: ThreadState }) {
  const { t } = useTranslation('conversations');
  const { operatorId } = useMembership();
  const navigate = useNavigate();
  const outbox = useOutbox();
  const commands = useConversationCommands(chat);
  const { conversation } = thread;
  const { state, operator, visitor, channel, waitingSince } = conversation;
  const name = visitor.name ?? visitor.email ?? t('visitor');
  const mine = operator?.id === operatorId;
  const waiting = state === 'waiting';
  const open = state !== 'closed';
  const watching = open && !waiting && !mine;
  const accepting = outbox.some(
    ({ command, refused }) =>
      command.type === 'conversation.accept' && command.conversationId === chat && refused === undefined,
  );
  useReading(thread, mine && open);

  // A chat that I took from the waiting ones goes on in my list.
  const [wasWaiting] = useState(waiting);
  useEffect(() => {
    if (wasWaiting && mine && open) {
      void navigate({ to: '/', search: (before) => ({ ...before, list: 'mine' }), replace: true });
    }
  }, [wasWaiting, mine, open, navigate]);

  const offline = channel === 'offline';
  const confirmEnd = () =>
    modals.openConfirmModal({
      title: t('end.title'),
      children: t('end.says', { name }),
      labels: { confirm: t('end.confirm'), cancel: t('end.cancel') },
      closeButtonProps: { 'aria-label': t('end.cancel') },
      // E, Enter ends; the dialog is only there against a key pressed by mistake.
      confirmProps: { 'data-autofocus': true },
      onConfirm: commands.close,
    });
  // Nobody is there whom the end of an offline message would cut off.
  const end = offline ? commands.close : confirmEnd;
  const mayEnd = open && (mine || (waiting && offline));
  useAction(
    waiting ? { id: 'accept', label: t('action.accept'), keys: ['KeyA'], run: commands.accept } : null,
  );
  useAction(
    mayEnd
      ? { id: 'end', label: offline ? t('action.done') : t('action.end'), keys: ['KeyE'], run: end }
      : null,
  );

  const says = !open
    ? t('state.closed')
    : waiting
      ? offline
        ? t('state.offline')
        : t('state.waiting')
      : mine
        ? t('state.mine')
        : t('state.theirs', { name: operator?.name ?? t('operator') });

  return (
    <>
      <header className={styles.head}>
        <ActionIcon
          variant="subtle"
          color="gray"
          className={styles.back}
          aria-label={t('toList')}
          onClick={onBack}
        >
          <IconArrowLeft size={18} stroke={1.5} />
        </ActionIcon>
        <Avatar name={name} seed={visitor.name ?? visitor.id} size={28} />
        <div className={styles.who}>
          <h1>
            <bdi>{name}</bdi>
          </h1>
          <p>
            {says} {waitingSince !== null && channel === 'chat' && <Since at={waitingSince} />}
          </p>
        </div>
        {waiting && (
          <Tooltip label={t('key', { key: 'A' })}>
            <Button onClick={commands.accept} loading={accepting} aria-keyshortcuts="A">
              {t('accept')}
            </Button>
          </Tooltip>
        )}
        {mayEnd && (
          <Tooltip label={t('key', { key: 'E' })}>
            <Button variant="default" onClick={end} aria-keyshortcuts="E">
              {offline ? t('end.done') : t('end.button')}
            </Button>
          </Tooltip>
        )}
        <Tooltip label={t('panel.toggle')}>
          <ActionIcon
            variant="subtle"
            color="gray"
            size={32}
            aria-label={t('panel.toggle')}
            aria-expanded={panelOpen}
            onClick={onTogglePanel}
          >
            <IconLayoutSidebarRight size={18} stroke={1.5} />
          </ActionIcon>
        </Tooltip>
      </header>
      {watching && (
        <p className={styles.watching} role="status">
          <IconEye size={16} stroke={1.5} aria-hidden />
          {t('watching', { name: operator?.name ?? t('operator') })}
        </p>
      )}
      <Thread thread={thread} />
      {offline ? (
        visitor.email !== null && (
          <footer className={styles.foot}>
            <span>{t('offline.answer')}</span>
            <a href={`mailto:${visitor.email}`}>
              <IconMail size={16} stroke={1.5} aria-hidden />
              {visitor.email}
            </a>
          </footer>
        )
      ) : open ? (
        <Composer
          conversationId={chat}
          blocked={watching ? t('composer.watching') : null}
          placeholder={waiting ? t('composer.accepts', { name }) : t('composer.to', { name })}
          typingShows={mine}
          onSend={commands.post}
        />
      ) : (
        <footer className={styles.foot}>{t('ended')}</footer>
      )}
    </>
  );
}
