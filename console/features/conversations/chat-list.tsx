import { Link } from '@tanstack/react-router';
import { type MouseEvent, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useConversations, useLine } from '../../core/client.tsx';
import { useMembership } from '../../core/membership.ts';
import { Empty, Skeleton } from '../../core/states.tsx';
import styles from './chat-list.module.css';
import { ChatRow } from './chat-row.tsx';
import { type ListName, holdOrder, listed } from './lists.ts';
import { SoundBlocked } from './sound-blocked.tsx';

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
  const conversations = useConversations();
  const lists = useMemo(
    () => ({
      waiting: listed(conversations, 'waiting', operatorId),
      mine: listed(conversations, 'mine', operatorId),
      all: listed(conversations, 'all', operatorId),
    }),
    [conversations, operatorId],
  );
  const [held, setHeld] = useState<{ list: ListName; ids: readonly string[] } | null>(null);
  const ids = lists[list].map((one) => one.id);
  const { shown, fresh } = holdOrder(ids, held?.list === list ? held.ids : null);
  const hold = (event: MouseEvent) => {
    if (event.buttons === 0) setHeld({ list, ids: shown });
  };
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
      <div className={styles.held} onMouseEnter={hold} onMouseLeave={() => setHeld(null)}>
        <div className={styles.scroller}>
          {loading ? (
            <Skeleton rows={5} shape="row" />
          ) : shown.length === 0 ? (
            <NothingHere list={list} />
          ) : (
            <ul aria-label={t(`list.${list}`)}>
              {shown.map((id) => {
                const conversation = conversations.get(id);
                return (
                  conversation !== undefined && (
                    <ChatRow key={id} conversation={conversation} list={list} selected={id === chat} />
                  )
                );
              })}
            </ul>
          )}
        </div>
        {fresh > 0 && (
          <button type="button" className={styles.fresh} onClick={() => setHeld(null)}>
            {t('fresh', { count: fresh })}
          </button>
        )}
      </div>
      {/* At the end: it goes at the first press of the pointer, and must not move the row under it. */}
      <SoundBlocked />
    </section>
  );
}
