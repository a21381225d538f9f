import { Button } from '@mantine/core';
import { IconMail, IconMessages } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Thread as ThreadState } from '#client/state.ts';
import { useThread } from '../../core/client.tsx';
import { useMembership } from '../../core/membership.ts';
import { Empty, Skeleton } from '../../core/states.tsx';
import { ChatHead } from './chat-head.tsx';
import styles from './chat-pane.module.css';
import { useConversationCommands } from './commands.ts';
import { Composer } from './composer.tsx';
import { OfferBanner } from './offer-banner.tsx';
import { isOffered } from './ringing.ts';
import { Thread } from './thread.tsx';
import { useReading } from './use-reading.ts';
import { useSlash } from './use-slash.ts';
import { useTargets } from './use-targets.ts';
import { WatchBanner } from './watch-banner.tsx';

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

function Opened({ chat, thread, onBack, onTogglePanel, panelOpen }: Props & { thread: ThreadState }) {
  const { t } = useTranslation('conversations');
  const { operatorId, role } = useMembership();
  const navigate = useNavigate();
  const said = useConversationCommands(chat);
  const { conversation } = thread;
  const { state, operator, visitor, channel, desk } = conversation;
  const commands = {
    ...said,
    decline: () => {
      said.decline();
      // Who does not want what a colleague hands on has nothing more to see here.
      if (desk?.transfer) onBack();
    },
  };
  const name = visitor.name ?? visitor.email ?? t('visitor');
  const mine = operator?.id === operatorId;
  const open = state !== 'closed';
  const offered = isOffered(conversation, operatorId);
  const owner = operator?.name ?? t('operator');
  const watching = state === 'open' && !mine && !offered;
  const targets = useTargets(conversation);
  const run = useSlash(conversation, targets, commands);
  useReading(thread, mine && open);

  // A chat that I took from the waiting ones, or that was handed on to me, goes on in my list.
  const [wasMine] = useState(mine);
  useEffect(() => {
    if (!wasMine && mine && open) {
      void navigate({ to: '/', search: (before) => ({ ...before, list: 'mine' }), replace: true });
    }
  }, [wasMine, mine, open, navigate]);

  const blocked =
    mine || state === 'waiting'
      ? null
      : offered
        ? t('composer.toAccept')
        : t('composer.watching', { name: owner });
  return (
    <>
      <ChatHead
        conversation={conversation}
        name={name}
        commands={commands}
        onBack={onBack}
        onTogglePanel={onTogglePanel}
        panelOpen={panelOpen}
      />
      {desk?.transfer && (
        <OfferBanner
          transfer={desk.transfer}
          name={name}
          mayWithdraw={mine || role === 'administrator'}
          commands={commands}
        />
      )}
      {watching && <WatchBanner name={owner} take={commands.take} />}
      <Thread thread={thread} />
      {channel === 'offline' ? (
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
          blocked={blocked}
          placeholder={state === 'waiting' ? t('composer.accepts', { name }) : t('composer.to', { name })}
          typingShows={mine}
          onSend={commands.post}
          onNote={commands.note}
          notePlaceholder={watching ? t('composer.whisper') : undefined}
          slashes={{ conversation, targets, run, offer: commands.transfer }}
        />
      ) : (
        <footer className={styles.foot}>{t('ended')}</footer>
      )}
    </>
  );
}
