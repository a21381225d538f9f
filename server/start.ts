import { createHmac } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import fastifyStatic from '@fastify/static';
import { Database, type PoolSettings } from './core/database/database.ts';
import { checkSecret } from './core/database/check-secret.ts';
import { lockInstallation } from './core/database/lock-installation.ts';
import { migrate } from './core/database/migrate.ts';
import { createListener, type Listener } from './core/http/listener.ts';
import { createMetricsListener } from './core/http/metrics-listener.ts';
import { openApi } from './core/http/openapi.ts';
import { trustedProxies } from './core/http/trusted.ts';
import { installJobs } from './core/jobs/install-jobs.ts';
import { Jobs } from './core/jobs/jobs.ts';
import type { Logger } from './core/logger.ts';
import { createMetrics } from './core/metrics.ts';
import type { AllLimits } from './core/realtime/connection.ts';
import type { HubEvent } from './core/realtime/event.ts';
import { Hub, type Published } from './core/realtime/hub.ts';
import { Lines } from './core/realtime/lines.ts';
import { longPollRoutes } from './core/realtime/long-poll.ts';
import { NatsBus } from './core/realtime/nats-bus.ts';
import { Sweeper } from './core/realtime/sweeper.ts';
import { topicOf } from './core/realtime/topics.ts';
import { StartRefused } from './core/start-refused.ts';
import type { Config } from './config.ts';
import type { Context } from './context.ts';
import { readEpoch } from './unscoped/read-accounts.ts';
import { allJobs, allQueues, allRoutes, authenticateOf, dispatchOf } from './features.ts';
import { createAuth } from './features/auth/auth.ts';
import { ConversationLog } from './features/conversations/log.ts';
import { queueWaitingMails } from './features/mail/jobs.ts';
import { Reconciler } from './features/conversations/reconciler.ts';
import { usualAbsence, type Absence } from './features/operators/absence.ts';
import { Presence } from './features/operators/presence.ts';
import { beat } from './features/session/beat.ts';
import { presentEvent } from './features/session/present-event.ts';
import { sweep } from './features/session/sweep.ts';
import { loseInvitation } from './features/visitors/end-invitation.ts';
import { OpenPages } from './features/visitors/open-pages.ts';

const dist = new URL('../dist/', import.meta.url);
const DRAIN_SECONDS = 5;

export type Server = {
  context: Context;
  /** Ports that were really bound (0 in the configuration asks for any). */
  ports: { console: number; chat: number; metrics: number | undefined };
  /** Tells clients to come back, finishes what was accepted, frees everything. */
  stop: () => Promise<void>;
  /** Resolves when another server has taken the database meanwhile: then this one has to stop. */
  lost: Promise<StartRefused>;
};

/** Wires and starts the whole server on a database that is there. Throws StartRefused. */
export async function startServer(
  config: Config,
  secret: string,
  connection: PoolSettings,
  logger: Logger,
  limits?: AllLimits,
  absence?: Absence,
): Promise<Server> {
  await using started = new AsyncDisposableStack();
  const shared = config.broker !== undefined;
  const lock = await lockInstallation({ connection, shared, log: logger });
  started.defer(lock.release);
  await migrate(connection);
  await installJobs(connection, allQueues);
  const context = await createContext(config, secret, connection, logger, absence);
  const { metrics, db, bus, presence, sweeper, reconciler, jobs } = context;
  started.use(db);
  started.use(jobs);
  await checkSecret(db, Buffer.from(context.key('check')).toString('base64url'), shared);
  started.use(bus);
  bus?.start({ receive: (published) => receive(context, published), missed: () => sweeper.soon() });
  started.use(presence);
  await presence.start();
  started.use(context.openPages);
  context.openPages.start();
  started.use(sweeper);
  sweeper.start(() => sweep(context));
  started.use(reconciler);
  reconciler.start();
  const trusted = trustedProxies(config.trustedProxies);
  const dispatch = dispatchOf(context);
  const lines = new Lines({
    dispatch,
    beat: (line) => beat(context, line),
    trusted,
    log: logger,
    metrics,
    limits,
  });
  const routes = [...(await allRoutes(context)), ...longPollRoutes({ dispatch, log: logger, metrics })];
  const listening = { trusted, routes, authenticate: authenticateOf(context), log: logger, metrics };
  const state = { draining: false };
  const console = createListener({ ...listening, name: 'console', url: config.console.url });
  const chat = createListener({ ...listening, name: 'chat', url: config.chat.url });
  addHealth(console, context, state);
  const own = (name: string) => routes.filter(({ on }) => on === name || on === 'both');
  console.get('/v1/openapi.json', async () => openApi('Foyer console', config.console.url, own('console')));
  chat.get('/v1/openapi.json', async () => openApi('Foyer chat', config.chat.url, own('chat')));
  await serveConsole(console, config);
  await chat.register(fastifyStatic, {
    root: new URL('widget/assets/', dist),
    prefix: '/assets/',
    immutable: true,
    maxAge: '365d',
    setHeaders: (reply) => {
      void reply.header('access-control-allow-origin', '*');
      void reply.header('cross-origin-resource-policy', 'cross-origin');
      void reply.header('x-content-type-options', 'nosniff');
    },
  });
  const figures = config.metrics && createMetricsListener(metrics);
  lines.serve(console, 'console', config.console.url);
  lines.serve(chat, 'chat', config.chat.url);
  await listen(console, config.bind, config.console.port, 'FOYER_CONSOLE_PORT');
  await listen(chat, config.bind, config.chat.port, 'FOYER_CHAT_PORT');
  if (config.metrics && figures)
    await listen(figures, config.metrics.bind, config.metrics.port, 'FOYER_METRICS_PORT');
  await queueWaitingMails(context);
  await jobs.start(allJobs(context));
  const all = started.move();
  return {
    context,
    ports: { console: portOf(console), chat: portOf(chat), metrics: figures && portOf(figures) },
    stop: async () => {
      state.draining = true;
      await lines.drain(DRAIN_SECONDS);
      await context.conversations.settled();
      await Promise.all([console.close(), chat.close(), figures?.close()]);
      await all.disposeAsync();
    },
    lost: lock.lost,
  };
}

export async function createContext(
  config: Config,
  secret: string,
  connection: PoolSettings,
  logger: Logger,
  absence: Absence = usualAbsence,
): Promise<Context> {
  const db = new Database(connection, logger);
  await db.checkDurability();
  const epoch = await readEpoch(db);
  if (epoch === undefined)
    throw new StartRefused('database_incomplete', 'The database has no installation row; restore a backup.');
  const metrics = createMetrics();
  const { broker } = config;
  const bus = broker && new NatsBus({ broker, installation: epoch, log: logger, metrics });
  const hub = new Hub<HubEvent>(presentEvent, bus, (published) => reconciler.noticed(published));
  const openPages = new OpenPages({
    bus,
    lost: (accountId, invitationId) => {
      loseInvitation({ db }, accountId, invitationId).catch((error: unknown) =>
        logger.warn({ err: error }, 'an invitation waits until it is ten minutes old'),
      );
    },
  });
  const publish: Hub<HubEvent>['publish'] = (published) => {
    hub.publish(published);
    openPages.heard(published);
  };
  const sweeper: Sweeper = new Sweeper({ isCutOff: () => presence.lease.isCutOff, log: logger });
  const presence = new Presence({
    graceMs: absence.graceMs,
    db,
    publish,
    deliver: (published) => hub.deliver(published),
    hears: () => bus?.hears ?? true,
    missed: () => sweeper.soon(),
    log: logger,
  });
  const jobs = new Jobs({ db, log: logger, supervise: config.mail !== undefined });
  await jobs.open();
  const reconciler: Reconciler = new Reconciler(() => context, absence);
  const key = (purpose: string): Uint8Array => createHmac('sha256', secret).update(purpose).digest();
  const context: Context = {
    config,
    db,
    hub,
    bus,
    sweeper,
    conversations: new ConversationLog({
      db,
      publish,
      moved: (accountId, owned) => reconciler.soon(accountId, owned ? 'owned' : undefined),
      metrics,
    }),
    presence,
    openPages,
    jobs,
    reconciler,
    auth: createAuth({ db, url: config.console.url, secret: key('session'), log: logger }),
    key,
    epoch,
    logger,
    metrics,
  };
  return context;
}

/** What another process tells: to the followers here, and to what this process remembers. */
function receive(context: Context, published: Published<HubEvent>): void {
  const { hub, conversations, presence, openPages } = context;
  const { topic, event } = published;
  const to = topicOf(topic);
  if (to?.kind === 'c' && event.type === 'entries') conversations.heard(to.accountId, event);
  if ((to?.kind === 'a' || to?.kind === 'v') && event.type === 'presence')
    presence.heard(to.accountId, event);
  openPages.heard(published);
  hub.deliver(published);
}

/** For whoever watches the process: on the console's listener only. */
function addHealth(app: Listener, { db }: Context, state: { draining: boolean }): void {
  app.get('/healthz', async () => ({ ok: true }));
  app.get('/readyz', async (_request, reply) => {
    const ready = !state.draining && (await db.answers());
    return reply.code(ready ? 200 : 503).send({ ready });
  });
}

async function serveConsole(app: Listener, config: Config): Promise<void> {
  const index = await readFile(new URL('console/index.html', dist), 'utf8');
  const policy = [
    "default-src 'self'",
    // Mantine writes style elements; a nonce does not go well with a cached page (frontend.md 3.2).
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    `connect-src 'self' ${config.console.url.replace(/^http/, 'ws')}`,
    `frame-src ${config.chat.url}`,
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    // Markup and scripts are never made of strings; console/core/trusted-types.ts says what may pass.
    "require-trusted-types-for 'script'",
    'trusted-types default',
  ].join('; ');
  const headers = {
    'content-security-policy': policy,
    'cross-origin-opener-policy': 'same-origin',
    'referrer-policy': 'same-origin',
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-cache',
  };
  await app.register(fastifyStatic, {
    root: new URL('console/', dist),
    index: false,
    // The page itself never goes without its headers.
    globIgnore: ['**/*.html'],
    wildcard: false,
    setHeaders: (reply, path) => {
      const hashed = path.includes('/assets/');
      void reply.header('cache-control', hashed ? 'public, max-age=31536000, immutable' : 'no-cache');
      void reply.header('x-content-type-options', 'nosniff');
    },
  });
  // Every other address is a screen of the console, which finds its way itself.
  app.get('/*', async (request, reply) => {
    if (request.url.startsWith('/v1/')) return reply.callNotFound();
    return reply.headers(headers).type('text/html; charset=utf-8').send(index);
  });
}

async function listen(app: Listener, host: string, port: number, setting: string): Promise<void> {
  try {
    await app.listen({ host, port });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code !== 'EADDRINUSE' && code !== 'EACCES') throw error;
    const why = code === 'EADDRINUSE' ? 'is in use by another program' : 'may not be used by this user';
    throw new StartRefused('port_unusable', `Port ${port} ${why}. Choose another with ${setting}.`);
  }
}

const portOf = (app: Listener): number => (app.server.address() as AddressInfo).port;
