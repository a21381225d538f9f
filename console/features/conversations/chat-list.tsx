import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useConversations, useLine } from '../../core/client.tsx';
import { HeldList, useHeld } from '../../core/held-list.tsx';
import { useMembership } from '../../core/membership.ts';
import { Empty, Skeleton } from '../../core/states.tsx';
import styles from './chat-list.module.css';
import { ChatRow } from './chat-row.tsx';
import { type ListName, listed } from './lists.ts';
import { isRinging } from './ringing.ts';
import { SoundBlocked } from './sound-blocked.tsx';
import { useListener } from './use-listener.ts';

const LISTS: readonly ListName[] = ['waiting', 'mine', 'all'];

function NothingHere({ list }: { list: ListName }) {
  const { t } = useTranslation('conversations');
  const { role } = useMembership();
  if (list === 'mine') return <Empty says={t('empty.mine')} />;
  return (
    <Empty says={t(list === 'waiting' ? 'empty.waiting' : 'empty.all')}>
      {role === 'administrator' && <Link to="/test-chat">{t('empty.test')}</Link>}
    </Empty>
  );
}

/** The chats of one list. New ones never move the row under the pointer. */
export function ChatList({ list, chat }: { list: ListName; chat: string | undefined }) {
  const { t } = useTranslation('conversations');
  const { operatorId, role } = useMembership();
  const line = useLine();
  const listener = useListener();
  const conversations = useConversations();
  const lists = useMemo(
    () => ({
      waiting: listed(conversations, 'waiting', operatorId),
      mine: listed(conversations, 'mine', operatorId),
      all: listed(conversations, 'all', operatorId),
    }),
    [conversations, operatorId],
  );
  const held = useHeld(
    lists[list].map((one) => one.id),
    list,
  );
  const loading = line === 'connecting' && conversations.size === 0;

  return (
    <section className={styles.list} aria-label={t('chats')}>
      <header className={styles.head}>
        <h1 className="visually-hidden">{t('chats')}</h1>
        <nav className={styles.lists} aria-label={t('lists')}>
          {LISTS.filter((name) => name !== 'all' || role === 'administrator').map((name) => (
            <Link
              key={name}
              to="/"
              search={(before) => ({ ...before, list: name })}
              className={styles.listLink}
              aria-current={name === list ? 'page' : undefined}
              activeProps={{}}
            >
              {t(`list.${name}`)} <span className={styles.count}>{lists[name].length}</span>
            </Link>
          ))}
        </nav>
      </header>
      <HeldList held={held} fresh={t('fresh', { count: held.fresh })}>
        <div className={styles.scroller}>
          {loading ? (
            <Skeleton rows={5} shape="row" />
          ) : held.shown.length === 0 ? (
            <NothingHere list={list} />
          ) : (
            <ul aria-label={t(`list.${list}`)}>
              {held.shown.map((id) => {
                const conversation = conversations.get(id);
                return (
                  conversation !== undefined && (
                    <ChatRow
                      key={id}
                      conversation={conversation}
                      list={list}
                      selected={id === chat}
                      rings={isRinging(conversation, listener)}
                    />
                  )
                );
              })}
            </ul>
          )}
        </div>
      </HeldList>
      {/* At the end: it goes at the first press of the pointer, and must not move the row under it. */}
      <SoundBlocked />
    </section>
  );
}
