import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { createLogger, type Logger } from '../core/logger.ts';
import type { AllLimits } from '../core/realtime/connection.ts';
import { readConfig } from '../config.ts';
import type { Context } from '../context.ts';
import type { Absence } from '../features/operators/absence.ts';
import { createContext, startServer, type Server } from '../start.ts';
import { freePort } from './ports.ts';
import { databaseUrl, TEMPLATE } from './postgres.ts';

/** Of every server made here. */
export const TEST_SECRET = 'a secret for tests that is long enough to sign with';

type Env = Record<string, string>;

/** A database of its own, cloned from the template; dropped at the end. */
async function cloneDatabase(): Promise<{ url: string; drop: () => Promise<void> }> {
  const server = process.env['FOYER_TEST_DATABASE_URL'];
  if (!server) throw new Error('run this through `npm run test:unit -- <path>`, which starts PostgreSQL');
  const name = `foyer_test_${randomBytes(6).toString('hex')}`;
  const run = async (statement: string) => {
    const client = new pg.Client({ connectionString: server });
    await client.connect();
    try {
      await client.query(statement);
    } finally {
      await client.end();
    }
  };
  await run(`create database ${name} template ${TEMPLATE}`);
  return { url: databaseUrl(server, name), drop: () => run(`drop database if exists ${name} with (force)`) };
}

const testConfig = (env: Env) =>
  readConfig({ FOYER_DATA: '/nonexistent', FOYER_BIND: '127.0.0.1', FOYER_LOG_LEVEL: 'error', ...env });

export type TestDatabase = { context: Context; url: string; [Symbol.asyncDispose]: () => Promise<void> };

/** Everything but the listeners, on a database of its own: `await using test = await testDatabase()`. */
export async function testDatabase(env: Env = {}): Promise<TestDatabase> {
  const { url, drop } = await cloneDatabase();
  const config = testConfig(env);
  const context = await createContext(
    config,
    TEST_SECRET,
    { connectionString: url },
    createLogger(config.logLevel),
  );
  return {
    context,
    url,
    [Symbol.asyncDispose]: async () => {
      await context.conversations.settled();
      await context.presence[Symbol.asyncDispose]();
      await context.reconciler[Symbol.asyncDispose]();
      await context.jobs[Symbol.asyncDispose]();
      await context.db[Symbol.asyncDispose]();
      await drop();
    },
  };
}

export type TestServer = Serving & {
  database: string;
  [Symbol.asyncDispose]: () => Promise<void>;
};

/** A whole server on free ports and a database of its own: `await using server = await testServer()`. */
export async function testServer(env: Env = {}, limits?: AllLimits, logger?: Logger): Promise<TestServer> {
  const { url: database, drop } = await cloneDatabase();
  const server = await serve(database, env, limits, logger);
  return {
    ...server,
    database,
    [Symbol.asyncDispose]: async () => {
      await server.stop();
      await drop();
    },
  };
}

export type Serving = Server & { url: { console: string; chat: string } };

/** One more server, on free ports, on a database that is there; stop it before the database is dropped. */
export async function serve(
  database: string,
  env: Env = {},
  limits?: AllLimits,
  logger?: Logger,
  absence?: Absence,
): Promise<Serving> {
  const [consolePort, chatPort] = await Promise.all([freePort(), freePort()]);
  const config = testConfig({
    FOYER_CONSOLE_PORT: String(consolePort),
    FOYER_CHAT_PORT: String(chatPort),
    ...env,
  });
  const log = logger ?? createLogger(config.logLevel);
  const server = await startServer(config, TEST_SECRET, { connectionString: database }, log, limits, absence);
  return { ...server, url: { console: config.console.url, chat: config.chat.url } };
}

export type TwoServers = { a: Serving; b: Serving; env: Env; database: string } & AsyncDisposable;

/** Two servers in this process that share a database and a broker, as two processes would. */
export async function twoServers({ url }: { url: string }, logger?: Logger): Promise<TwoServers> {
  const { url: database, drop } = await cloneDatabase();
  const env = { FOYER_NATS_URL: url, DATABASE_URL: database, FOYER_SECRET: TEST_SECRET };
  const a = await serve(database, env, undefined, logger);
  const b = await serve(database, env, undefined, logger);
  return {
    a,
    b,
    env,
    database,
    [Symbol.asyncDispose]: async () => {
      await Promise.all([a.stop(), b.stop()]);
      await drop();
    },
  };
}
