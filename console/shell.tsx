import { ActionIcon, Menu, Tooltip, UnstyledButton, useMantineColorScheme } from '@mantine/core';
import {
  IconAddressBook,
  IconCode,
  IconKeyboard,
  IconLogout,
  IconMessages,
  IconSearch,
  IconSettings,
  IconTestPipe,
  IconUsers,
} from '@tabler/icons-react';
import { Link, Outlet, useNavigate } from '@tanstack/react-router';
import { type ReactNode, useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Me } from '#protocol/auth.ts';
import { AccountItems, AccountSwitcher, useOpenElsewhere } from './account-switcher.tsx';
import { listenForKeys, useAction } from './core/actions.ts';
import { Avatar } from './core/avatar.tsx';
import { useConversations, useLine } from './core/client.tsx';
import { ConnectionBanner } from './core/connection-banner.tsx';
import { CountBadge } from './core/count-badge.tsx';
import { KeysHelp } from './core/keys-help.tsx';
import { useMembership } from './core/membership.ts';
import { Palette, type Place, openPalette } from './core/palette.tsx';
import { useSignOut } from './features/auth/use-sign-out.ts';
import { calling, listed } from './features/conversations/lists.ts';
import { useUnreadContacts } from './features/conversations/use-contacts.ts';
import { useListener } from './features/conversations/use-listener.ts';
import { PresenceSwitch } from './features/operators/presence-switch.tsx';
import styles from './shell.module.css';

type To = '/' | '/visitors' | '/contacts' | '/widget-code' | '/test-chat' | '/settings';

function RailLink({
  to,
  label,
  icon,
  count = 0,
}: {
  to: To;
  label: string;
  icon: ReactNode;
  count?: number;
}) {
  return (
    <Tooltip label={label} position="right">
      <Link
        to={to}
        aria-label={label}
        className={styles.link}
        activeOptions={{ exact: to === '/', includeSearch: false }}
        activeProps={{ 'aria-current': 'page' }}
      >
        {icon}
        {count > 0 && <CountBadge className={styles.badge} count={count} />}
      </Link>
    </Tooltip>
  );
}

function AccountMenu({ me }: { me: Me }) {
  const { t } = useTranslation('core');
  const { name, account } = useMembership();
  const elsewhere = useOpenElsewhere();
  const signOut = useSignOut();
  return (
    <Menu position="right-end" width={220} withinPortal>
      <Menu.Target>
        <UnstyledButton className={styles.me}>
          <Avatar name={name} size={28} />
          {elsewhere > 0 && <CountBadge className={`${styles.badge} ${styles.phone}`} count={elsewhere} />}
          <span className="visually-hidden">{t('account.menu', { name, account: account.title })}</span>
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          {name} · {account.title}
        </Menu.Label>
        {me.memberships.length > 1 && (
          <div className={styles.phone}>
            <AccountItems me={me} />
            <Menu.Divider />
          </div>
        )}
        <Menu.Item leftSection={<IconLogout size={16} stroke={1.5} />} onClick={() => signOut.mutate()}>
          {t('account.signOut')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

function usePlaces(): Place[] {
  const { t } = useTranslation('conversations');
  const { operatorId, role } = useMembership();
  const conversations = useConversations();
  const navigate = useNavigate();
  return useMemo(
    () =>
      listed(conversations, 'all', operatorId)
        .filter(
          (one) => role === 'administrator' || one.state === 'waiting' || one.operator?.id === operatorId,
        )
        .map((one) => ({
          id: one.id,
          label: one.visitor.name ?? one.visitor.email ?? t('visitor'),
          detail: one.preview?.text ?? '',
          go: () => {
            const list =
              one.state === 'waiting' ? 'waiting' : one.operator?.id === operatorId ? 'mine' : 'all';
            void navigate({ to: '/', search: { list, chat: one.id } });
          },
        })),
    [conversations, operatorId, role, navigate, t],
  );
}

/** The server would not have this session although it is a good one: signing in again makes a new one. */
function useSignedOut(onSignedOut: () => void) {
  const line = useLine();
  useEffect(() => {
    if (line === 'signed-out') onSignedOut();
  }, [line, onSignedOut]);
}

/** Rail, banner and the page in between; what every signed-in page has around it. */
export function Shell({ me, onSignedOut }: { me: Me; onSignedOut: () => void }) {
  const { t } = useTranslation('core');
  const { role } = useMembership();
  const navigate = useNavigate();
  const conversations = useConversations();
  const listener = useListener();
  const waiting = useMemo(() => calling(conversations, listener).length, [conversations, listener]);
  const unread = useUnreadContacts();
  const places = usePlaces();
  const [help, setHelp] = useState(false);
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const administrator = role === 'administrator';
  useSignedOut(onSignedOut);
  useEffect(listenForKeys, []);

  const go = (to: To) => () => void navigate({ to });
  useAction({ id: 'go-chats', label: t('nav.goChats'), keys: ['KeyG', 'KeyI'], run: go('/') });
  useAction({ id: 'go-contacts', label: t('nav.goContacts'), keys: ['KeyG', 'KeyO'], run: go('/contacts') });
  useAction({ id: 'go-visitors', label: t('nav.goVisitors'), keys: ['KeyG', 'KeyV'], run: go('/visitors') });
  useAction({ id: 'go-settings', label: t('nav.goSettings'), keys: ['KeyG', 'KeyS'], run: go('/settings') });
  useAction(administrator ? { id: 'go-widget', label: t('nav.goWidget'), run: go('/widget-code') } : null);
  useAction(administrator ? { id: 'go-test', label: t('nav.goTest'), run: go('/test-chat') } : null);
  useAction({ id: 'keys', label: t('nav.help'), keys: ['Shift+Slash'], run: () => setHelp(true) });
  useAction({
    id: 'scheme',
    label: colorScheme === 'dark' ? t('theme.light') : t('theme.dark'),
    run: () => setColorScheme(colorScheme === 'dark' ? 'light' : 'dark'),
  });

  const icon = { size: 20, stroke: 1.5 } as const;
  return (
    <div className={styles.shell}>
      <nav className={styles.rail} aria-label={t('nav.main')}>
        <AccountSwitcher me={me} />
        <RailLink
          to="/"
          label={waiting > 0 ? t('nav.chatsWaiting', { count: waiting }) : t('nav.chats')}
          icon={<IconMessages {...icon} />}
          count={waiting}
        />
        <RailLink to="/visitors" label={t('nav.visitors')} icon={<IconUsers {...icon} />} />
        <RailLink
          to="/contacts"
          label={unread > 0 ? t('nav.contactsUnread', { count: unread }) : t('nav.contacts')}
          icon={<IconAddressBook {...icon} />}
          count={unread}
        />
        {administrator && (
          <RailLink to="/widget-code" label={t('nav.widget')} icon={<IconCode {...icon} />} />
        )}
        {administrator && (
          <RailLink to="/test-chat" label={t('nav.test')} icon={<IconTestPipe {...icon} />} />
        )}
        <RailLink to="/settings" label={t('nav.settings')} icon={<IconSettings {...icon} />} />
        <span className={styles.space} />
        <Tooltip label={`${t('nav.search')} · Ctrl K`} position="right">
          <ActionIcon
            className={styles.tool}
            variant="subtle"
            color="gray"
            aria-label={t('nav.search')}
            onClick={openPalette}
          >
            <IconSearch {...icon} />
          </ActionIcon>
        </Tooltip>
        <Tooltip label={t('nav.help')} position="right">
          <ActionIcon
            className={`${styles.tool} ${styles.roomy}`}
            variant="subtle"
            color="gray"
            aria-label={t('nav.help')}
            onClick={() => setHelp(true)}
          >
            <IconKeyboard {...icon} />
          </ActionIcon>
        </Tooltip>
        <PresenceSwitch />
        <AccountMenu me={me} />
      </nav>
      <div className={styles.main}>
        <ConnectionBanner />
        <div className={styles.page}>
          <Outlet />
        </div>
      </div>
      <Palette places={places} />
      <KeysHelp opened={help} onClose={() => setHelp(false)} />
    </div>
  );
}
