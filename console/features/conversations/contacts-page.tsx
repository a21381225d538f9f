import { TextInput } from '@mantine/core';
import { IconMessage, IconSearch } from '@tabler/icons-react';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Ago } from '../../core/ago.tsx';
import { Avatar } from '../../core/avatar.tsx';
import { useOperators, useThread } from '../../core/client.tsx';
import { useMembership } from '../../core/membership.ts';
import { PresenceDot } from '../../core/presence-dot.tsx';
import { Empty, Skeleton } from '../../core/states.tsx';
import { useRowKeys } from '../../core/use-row-keys.ts';
import list from './chat-list.module.css';
import pages from './chats-page.module.css';
import { ColleaguePane } from './colleague-pane.tsx';
import type { Contact } from './contacts.ts';
import styles from './contacts-page.module.css';
import { mySide, unreadOf } from './sides.ts';
import { useContacts } from './use-contacts.ts';

const route = getRouteApi('/signed-in/contacts');

function ContactRow({ contact, selected }: { contact: Contact; selected: boolean }) {
  const { t } = useTranslation('conversations');
  const { t: words } = useTranslation('operators');
  const { operatorId } = useMembership();
  const { id, name, handle, status, conversation } = contact;
  const typing = useThread(conversation?.id)?.typing ?? false;
  const preview = conversation?.preview ?? null;
  const unread = conversation === undefined ? 0 : unreadOf(conversation, operatorId);
  const mine = conversation !== undefined && preview?.from === mySide(conversation, operatorId);
  return (
    <li>
      <Link
        to="/contacts"
        search={{ with: id }}
        className={list.row}
        data-contact={id}
        data-unread={unread > 0 || undefined}
        aria-current={selected ? 'true' : undefined}
        activeProps={{}}
      >
        <span className={styles.face}>
          <Avatar name={name} seed={id} />
          <span className={styles.dot}>
            <PresenceDot status={status} />
          </span>
        </span>
        <span className={list.words}>
          <span className={list.top}>
            <span className={list.name}>
              <bdi>{name}</bdi>
              <span className="visually-hidden">, {words(`status.${status}`)}</span>
            </span>
            {preview !== null && <Ago at={preview.at} className={list.time} />}
          </span>
          <span className={list.bottom}>
            {typing ? (
              <em className={list.preview}>{t('row.typing')}</em>
            ) : (
              <span className={list.preview}>
                {mine && `${t('row.you')}: `}
                <bdi>{preview?.text ?? handle ?? ''}</bdi>
              </span>
            )}
            {unread > 0 ? (
              <span className={list.unread}>
                {unread > 99 ? '99+' : unread}
                <span className="visually-hidden"> {t('row.unread')}</span>
              </span>
            ) : (
              <IconMessage size={16} stroke={1.5} className={styles.icon} aria-hidden />
            )}
          </span>
        </span>
      </Link>
    </li>
  );
}

/** OC-13: the colleagues, who of them is there, and what we say to each other. */
export function ContactsPage() {
  const { t } = useTranslation('conversations');
  const navigate = useNavigate();
  const { with: selected } = route.useSearch();
  const loaded = useOperators().size > 0;
  const contacts = useContacts();
  const [search, setSearch] = useState('');
  const wanted = search.trim().toLocaleLowerCase();
  const shown = contacts.filter(({ name, handle }) =>
    `${name}\n${handle ?? ''}`.toLocaleLowerCase().includes(wanted),
  );
  const contact = contacts.find(({ id }) => id === selected);
  useRowKeys('a[data-contact]', { next: t('contacts.next'), previous: t('contacts.previous') });
  return (
    <main className={pages.chats} data-open={selected !== undefined || undefined} data-list>
      <div className={`${pages.list} ${styles.list}`}>
        <section className={list.list} aria-label={t('contacts.title')}>
          <header className={`${list.head} ${styles.head}`}>
            <h1 className={styles.title}>{t('contacts.title')}</h1>
            <TextInput
              className={styles.search ?? ''}
              type="search"
              aria-label={t('contacts.search')}
              placeholder={t('contacts.search')}
              leftSection={<IconSearch size={16} stroke={1.5} aria-hidden />}
              value={search}
              onChange={(event) => setSearch(event.currentTarget.value)}
            />
          </header>
          <div className={list.scroller}>
            {!loaded ? (
              <Skeleton rows={5} shape="row" />
            ) : shown.length === 0 ? (
              <Empty says={contacts.length === 0 ? t('contacts.alone') : t('transfer.none')} />
            ) : (
              <ul aria-label={t('contacts.title')}>
                {shown.map((one) => (
                  <ContactRow key={one.id} contact={one} selected={one.id === selected} />
                ))}
              </ul>
            )}
          </div>
        </section>
      </div>
      <div className={`${pages.thread} ${styles.thread}`}>
        {contact === undefined ? (
          <p className={pages.nothing}>
            {selected === undefined || !loaded ? t('contacts.choose') : t('contacts.notHere')}
          </p>
        ) : (
          <ColleaguePane
            key={contact.id}
            contact={contact}
            onBack={() => void navigate({ to: '/contacts', search: {} })}
          />
        )}
      </div>
    </main>
  );
}
