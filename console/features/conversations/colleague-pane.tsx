import { ActionIcon } from '@mantine/core';
import { IconArrowLeft } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { uuidv7 } from '#client/ref.ts';
import type { Thread as ThreadState } from '#client/state.ts';
import { Avatar } from '../../core/avatar.tsx';
import { useClient, useOutbox, useThread } from '../../core/client.tsx';
import { useMembership } from '../../core/membership.ts';
import { PresenceDot } from '../../core/presence-dot.tsx';
import { Skeleton } from '../../core/states.tsx';
import pane from './chat-pane.module.css';
import { Composer } from './composer.tsx';
import type { Contact } from './contacts.ts';
import styles from './contacts-page.module.css';
import { Message } from './message.tsx';
import { pendingLine } from './thread-lines.ts';
import { Thread } from './thread.tsx';
import { useReading } from './use-reading.ts';

/** OC-13: what two operators say to each other; no visitor, no owner, no end. */
export function ColleaguePane({ contact, onBack }: { contact: Contact; onBack: () => void }) {
  const { t } = useTranslation('conversations');
  const { t: words } = useTranslation('operators');
  const client = useClient();
  const { id, name, handle, status, conversation } = contact;
  const thread = useThread(conversation?.id);
  const send = (text: string) => {
    const ref = uuidv7();
    // A refused one stays in its place, with why.
    void client.send(
      conversation === undefined
        ? { type: 'colleague.write', ref, operatorId: id, text }
        : { type: 'message.post', ref, conversationId: conversation.id, text },
    );
  };
  return (
    <section className={pane.pane} aria-label={t('contacts.with', { name })}>
      <header className={pane.head}>
        <ActionIcon
          variant="subtle"
          color="gray"
          className={pane.back}
          aria-label={t('contacts.toList')}
          onClick={onBack}
        >
          <IconArrowLeft size={18} stroke={1.5} />
        </ActionIcon>
        <Avatar name={name} seed={id} size={28} />
        <div className={pane.who}>
          <h1>
            <bdi>{name}</bdi>
          </h1>
          <p className={styles.presence}>
            <PresenceDot status={status} />
            {words(`status.${status}`)}
          </p>
        </div>
      </header>
      {thread !== undefined ? (
        <Open key={thread.conversation.id} thread={thread} />
      ) : conversation === undefined ? (
        <Beginning contact={contact} />
      ) : (
        <div className={styles.pending}>
          <Skeleton rows={4} />
        </div>
      )}
      <Composer
        conversationId={conversation?.id ?? id}
        draft={`colleague.${id}`}
        blocked={handle === null ? t('contacts.gone', { name }) : null}
        placeholder={t('composer.to', { name })}
        typingShows={conversation !== undefined}
        onSend={send}
      />
    </section>
  );
}

function Open({ thread }: { thread: ThreadState }) {
  useReading(thread, true);
  return <Thread thread={thread} />;
}

/** Nothing was said yet; what is on its way stands here until the conversation is there. */
function Beginning({ contact: { id, name } }: { contact: Contact }) {
  const { t } = useTranslation('conversations');
  const { operatorId } = useMembership();
  const pending = useOutbox().filter(
    ({ command }) => command.type === 'colleague.write' && command.operatorId === id,
  );
  return (
    <div className={styles.pending}>
      {pending.length === 0 && <p>{t('contacts.begin', { name })}</p>}
      {pending.map((one) => {
        const line = pendingLine(one, operatorId);
        return line?.kind === 'message' && <Message key={line.key} line={line} author={t('you')} />;
      })}
    </div>
  );
}
