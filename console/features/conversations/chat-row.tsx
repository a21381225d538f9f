import { Button } from '@mantine/core';
import { IconArrowForwardUp, IconMail } from '@tabler/icons-react';
import { Link, useNavigate } from '@tanstack/react-router';
import { memo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Conversation } from '#protocol/conversations.ts';
import { Ago } from '../../core/ago.tsx';
import { Avatar } from '../../core/avatar.tsx';
import { useNameNow, useThread } from '../../core/client.tsx';
import { duration } from '../../core/format.ts';
import { useMembership } from '../../core/membership.ts';
import { useNow } from '../../core/use-now.ts';
import styles from './chat-list.module.css';
import { useConversationCommands } from './commands.ts';
import { type ListName, waitLevel } from './lists.ts';

function Wait({ since }: { since: string }) {
  const { t } = useTranslation('conversations');
  const now = useNow('second');
  const level = waitLevel(since, now);
  return (
    <span className={styles.time} data-level={level}>
      {t('row.waits', { time: duration(now - Date.parse(since)) })}
    </span>
  );
}

function Preview({ conversation }: { conversation: Conversation }) {
  const { t } = useTranslation('conversations');
  const { operatorId } = useMembership();
  const typing = useThread(conversation.id)?.typing ?? false;
  const { preview, operator } = conversation;
  const called = useNameNow(operator);
  if (typing) return <em className={styles.preview}>{t('row.typing')}</em>;
  const author =
    preview?.from === 'operator' ? (operator?.id === operatorId ? t('row.you') : called) : undefined;
  return (
    <span className={styles.preview}>
      {author !== undefined && `${author}: `}
      <bdi>{preview?.text ?? t('row.nothing')}</bdi>
    </span>
  );
}

/** One chat of the list. The whole row is the link that opens it. */
export const ChatRow = memo(function ChatRow({
  conversation,
  list,
  selected,
  rings,
}: {
  conversation: Conversation;
  list: ListName;
  selected: boolean;
  rings: boolean;
}) {
  const { t } = useTranslation('conversations');
  const { operatorId } = useMembership();
  const { visitor, operator, unread, waitingSince, channel, department } = conversation;
  const called = useNameNow(operator);
  const name = visitor.name ?? visitor.email ?? t('visitor');
  return (
    <li>
      <Link
        to="/"
        search={{ list, chat: conversation.id }}
        className={styles.row}
        data-chat={conversation.id}
        data-unread={unread > 0 || undefined}
        aria-current={selected ? 'true' : undefined}
        activeProps={{}}
      >
        {waitingSince !== null && channel === 'chat' && <WaitEdge since={waitingSince} />}
        <Avatar name={name} seed={visitor.name ?? visitor.id} />
        <span className={styles.words}>
          <span className={styles.top}>
            <span className={styles.name}>
              <bdi>{name}</bdi>
            </span>
            {waitingSince !== null && channel === 'chat' ? (
              <Wait since={waitingSince} />
            ) : (
              <Ago at={conversation.preview?.at ?? conversation.createdAt} className={styles.time} />
            )}
          </span>
          <span className={styles.bottom}>
            {channel === 'offline' && (
              <span className={styles.offline}>
                <IconMail size={14} stroke={1.5} aria-hidden />
                {t('row.offline')}
              </span>
            )}
            {department !== null && waitingSince !== null && (
              <span className={styles.tag} dir="auto">
                {department.name}
              </span>
            )}
            {list === 'all' && operator !== null && (
              <span className={styles.tag} dir="auto">
                {operator.id === operatorId ? t('row.you') : called}
              </span>
            )}
            <Preview conversation={conversation} />
            {unread > 0 && (
              <span className={styles.unread}>
                {unread > 99 ? '99+' : unread}
                <span className="visually-hidden"> {t('row.unread')}</span>
              </span>
            )}
          </span>
        </span>
      </Link>
      {/* The open chat has the same two beside its name. */}
      {!selected && rings && <Call conversation={conversation} name={name} />}
    </li>
  );
});

/** OC-14: what rings is taken or declined from where it rings. */
function Call({ conversation, name }: { conversation: Conversation; name: string }) {
  const { t } = useTranslation('conversations');
  const navigate = useNavigate();
  const commands = useConversationCommands(conversation.id);
  const { transfer } = conversation.desk ?? {};
  const accept = () => {
    commands.accept();
    void navigate({ to: '/', search: { list: 'mine', chat: conversation.id } });
  };
  return (
    <div className={styles.call}>
      {transfer != null && (
        <span className={styles.from}>
          <IconArrowForwardUp size={14} stroke={1.5} aria-hidden />
          {t('row.from', { name: transfer.from.name })}
        </span>
      )}
      <Button size="compact-xs" aria-label={t('row.accept', { name })} onClick={accept}>
        {t('accept')}
      </Button>
      <Button
        size="compact-xs"
        variant="default"
        aria-label={t('row.decline', { name })}
        onClick={commands.decline}
      >
        {t('decline')}
      </Button>
    </div>
  );
}

function WaitEdge({ since }: { since: string }) {
  const level = waitLevel(since, useNow('second'));
  return <span className={styles.edge} data-level={level} aria-hidden />;
}
