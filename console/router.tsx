import { type QueryClient, useSuspenseQuery } from '@tanstack/react-query';
import {
  Link,
  Navigate,
  Outlet,
  createRootRouteWithContext,
  createRoute,
  createRouter,
  redirect,
  useRouter,
} from '@tanstack/react-router';
import { type ComponentType, type ReactNode, useCallback, useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import type { Role } from '#protocol/operators.ts';
import { isSignedOut } from './core/api.ts';
import { AppearancePage } from './core/appearance-page.tsx';
import { ClientsProvider, WorkAs } from './core/clients.tsx';
import { useMembership } from './core/membership.ts';
import { Outside } from './core/outside.tsx';
import { SoundsPage } from './core/sounds-page.tsx';
import { Empty, Failure, NotPermitted } from './core/states.tsx';
import { useUi } from './core/ui-store.ts';
import { AccountPage } from './features/accounts/account-page.tsx';
import { ForgotPasswordPage } from './features/auth/forgot-password-page.tsx';
import { ResetPasswordPage } from './features/auth/reset-password-page.tsx';
import { SecurityPage } from './features/auth/security-page.tsx';
import { meQuery } from './features/auth/session.ts';
import { SignInPage } from './features/auth/sign-in-page.tsx';
import { VerifyEmailPage } from './features/auth/verify-email-page.tsx';
import { ChatboxPage } from './features/chatboxes/chatbox-page.tsx';
import { TestChatPage } from './features/chatboxes/test-chat-page.tsx';
import { WidgetCodePage } from './features/chatboxes/widget-code-page.tsx';
import { ConversationsBackground, Ring } from './features/conversations/background.tsx';
import { ChatsPage } from './features/conversations/chats-page.tsx';
import { ContactsPage } from './features/conversations/contacts-page.tsx';
import type { ListName } from './features/conversations/lists.ts';
import { MailPage } from './features/mail/mail-page.tsx';
import { CompaniesPage, NoCompany } from './features/memberships/companies-page.tsx';
import { ProfilePage } from './features/memberships/profile-page.tsx';
import { OperatorsPage } from './features/operators/operators-page.tsx';
import { DepartmentsPage } from './features/routing/departments-page.tsx';
import { DestinationsPage } from './features/routing/destinations-page.tsx';
import { HoursPage } from './features/routing/hours-page.tsx';
import { LanguagesPage } from './features/routing/languages-page.tsx';
import { OfflineMessagesPage } from './features/routing/offline-messages-page.tsx';
import { QueuePage } from './features/routing/queue-page.tsx';
import { SimulatorPage } from './features/routing/simulator-page.tsx';
import { UrlRoutingPage } from './features/routing/url-routing-page.tsx';
import { SetupPage } from './features/setup/setup-page.tsx';
import { VisitorsPage } from './features/visitors/visitors-page.tsx';
import { SettingsLayout } from './settings-layout.tsx';
import { Shell } from './shell.tsx';

type Context = { queries: QueryClient };
type ChatsSearch = { list?: ListName | undefined; chat?: string | undefined };

const root = createRootRouteWithContext<Context>()({ component: Outlet, notFoundComponent: NotFound });

function NotFound() {
  const { t } = useTranslation('core');
  return <Outside title={t('notFound')} says={<Link to="/">{t('toChats')}</Link>} />;
}

const setup = createRoute({ getParentRoute: () => root, path: '/setup', component: SetupPage });

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: (search: Record<string, unknown>): { from?: string | undefined } =>
    typeof search['from'] === 'string' ? { from: search['from'] } : {},
  component: SignInPage,
});

const forgotPassword = createRoute({
  getParentRoute: () => root,
  path: '/forgot-password',
  component: ForgotPasswordPage,
});
const resetPassword = createRoute({
  getParentRoute: () => root,
  path: '/reset-password',
  component: ResetPasswordPage,
});
const verifyEmail = createRoute({
  getParentRoute: () => root,
  path: '/verify-email',
  component: VerifyEmailPage,
});

const signedIn = createRoute({
  getParentRoute: () => root,
  id: 'signed-in',
  beforeLoad: async ({ context, location }) => {
    try {
      await context.queries.ensureQueryData(meQuery);
    } catch (error) {
      if (isSignedOut(error)) throw redirect({ to: '/sign-in', search: { from: location.href } });
      throw error;
    }
  },
  component: SignedIn,
  errorComponent: ({ error, reset }) => (
    <Outside title="Foyer">
      <Failure error={error} retry={reset} />
    </Outside>
  ),
});

function SignedIn() {
  const { data: me } = useSuspenseQuery(meQuery);
  const wanted = useUi((state) => state.operatorId);
  const router = useRouter();
  const queries = signedIn.useRouteContext().queries;
  const membership = me.memberships.find((one) => one.operatorId === wanted) ?? me.memberships[0];
  const onSignedOut = useCallback(() => {
    const { pathname, href } = router.state.location;
    if (pathname === '/sign-in') return;
    queries.removeQueries({ queryKey: meQuery.queryKey });
    void router.navigate({ to: '/sign-in', search: { from: href } });
  }, [queries, router]);
  const refresh = useCallback(
    () =>
      queries.fetchQuery({ ...meQuery, staleTime: 0 }).catch((error: unknown) => {
        if (isSignedOut(error)) onSignedOut();
        throw error;
      }),
    [queries, onSignedOut],
  );
  const active = membership?.operatorId ?? null;
  // A further membership must not change which account is on the screen.
  useEffect(() => void useUi.setState({ operatorId: active }), [active]);
  if (membership === undefined) return <NoCompany />;
  return (
    <ClientsProvider memberships={me.memberships} refresh={refresh}>
      <WorkAs membership={membership}>
        <Shell key={membership.operatorId} me={me} onSignedOut={onSignedOut} />
      </WorkAs>
      {me.memberships.map((one) => (
        <WorkAs key={one.operatorId} membership={one}>
          <ConversationsBackground active={one === membership} />
        </WorkAs>
      ))}
      <Ring personId={me.person.id} />
    </ClientsProvider>
  );
}

const UUID = /^[0-9a-f-]{36}$/i;
const LISTS: readonly unknown[] = ['waiting', 'mine', 'all'] satisfies ListName[];

const chats = createRoute({
  getParentRoute: () => signedIn,
  path: '/',
  validateSearch: (search: Record<string, unknown>): ChatsSearch => ({
    ...(LISTS.includes(search['list']) ? { list: search['list'] as ListName } : {}),
    ...(typeof search['chat'] === 'string' && UUID.test(search['chat']) ? { chat: search['chat'] } : {}),
  }),
  component: ChatsPage,
});

const contacts = createRoute({
  getParentRoute: () => signedIn,
  path: '/contacts',
  validateSearch: (search: Record<string, unknown>): { with?: string | undefined } =>
    typeof search['with'] === 'string' && /^[0-9a-f-]{36}$/i.test(search['with'])
      ? { with: search['with'] }
      : {},
  component: ContactsPage,
});

const visitors = createRoute({
  getParentRoute: () => signedIn,
  path: '/visitors',
  validateSearch: (search: Record<string, unknown>): { visit?: string | undefined } =>
    typeof search['visit'] === 'string' && UUID.test(search['visit']) ? { visit: search['visit'] } : {},
  component: VisitorsPage,
});

/** The server refuses anyway; this spares a normal operator pages that can only fail. */
function For({ role, children }: { role: Role; children: ReactNode }) {
  const membership = useMembership();
  if (membership.role === role) return children;
  return (
    <main>
      <NotPermitted />
    </main>
  );
}

const widgetCode = createRoute({
  getParentRoute: () => signedIn,
  path: '/widget-code',
  component: () => (
    <For role="administrator">
      <WidgetCodePage />
    </For>
  ),
});

const testChat = createRoute({
  getParentRoute: () => signedIn,
  path: '/test-chat',
  component: () => (
    <For role="administrator">
      <TestChatPage />
    </For>
  ),
});

const settings = createRoute({
  getParentRoute: () => signedIn,
  path: '/settings',
  component: SettingsLayout,
});

const settingsStart = createRoute({
  getParentRoute: () => settings,
  path: '/',
  component: function Start() {
    const { role } = useMembership();
    return <Navigate to={role === 'administrator' ? '/settings/account' : '/settings/profile'} replace />;
  },
});

const forAdministrators = <Path extends string>(path: Path, Page: ComponentType) =>
  createRoute({
    getParentRoute: () => settings,
    path,
    component: () => (
      <For role="administrator">
        <Page />
      </For>
    ),
  });

const account = forAdministrators('/account', AccountPage);
const chatbox = forAdministrators('/chatbox', ChatboxPage);
const operators = forAdministrators('/operators', OperatorsPage);
const departments = forAdministrators('/departments', DepartmentsPage);
const urlRouting = forAdministrators('/url-routing', UrlRoutingPage);
const languages = forAdministrators('/languages', LanguagesPage);
const destinations = forAdministrators('/destinations', DestinationsPage);
const hours = forAdministrators('/business-hours', HoursPage);
const queue = forAdministrators('/queue', QueuePage);
const simulator = forAdministrators('/simulator', SimulatorPage);
const offlineMessages = forAdministrators('/offline-messages', OfflineMessagesPage);
const email = forAdministrators('/email', MailPage);

const profile = createRoute({ getParentRoute: () => settings, path: '/profile', component: ProfilePage });
const companies = createRoute({
  getParentRoute: () => settings,
  path: '/companies',
  component: CompaniesPage,
});
const security = createRoute({ getParentRoute: () => settings, path: '/security', component: SecurityPage });
const appearance = createRoute({
  getParentRoute: () => settings,
  path: '/appearance',
  component: AppearancePage,
});
const sounds = createRoute({ getParentRoute: () => settings, path: '/sounds', component: SoundsPage });

const tree = root.addChildren([
  setup,
  signIn,
  forgotPassword,
  resetPassword,
  verifyEmail,
  signedIn.addChildren([
    chats,
    visitors,
    contacts,
    widgetCode,
    testChat,
    settings.addChildren([
      settingsStart,
      account,
      chatbox,
      operators,
      departments,
      urlRouting,
      languages,
      destinations,
      hours,
      queue,
      simulator,
      offlineMessages,
      email,
      profile,
      companies,
      security,
      appearance,
      sounds,
    ]),
  ]),
]);

export function makeRouter(queries: QueryClient) {
  return createRouter({
    routeTree: tree,
    context: { queries },
    defaultPreload: false,
    scrollRestoration: false,
    defaultErrorComponent: ({ error, reset }) => <Failure error={error} retry={reset} />,
    defaultNotFoundComponent: () => <Empty says="" />,
  });
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof makeRouter>;
  }
}
