import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { createLogger } from '../core/logger.ts';
import { readConfig } from '../config.ts';
import type { Context } from '../context.ts';
import { createContext, startServer, type Server } from '../start.ts';
import { freePort } from './ports.ts';
import { databaseUrl, TEMPLATE } from './postgres.ts';

const SECRET = 'a secret for tests that is long enough to sign with';

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
    SECRET,
    { connectionString: url },
    createLogger(config.logLevel),
  );
  return {
    context,
    url,
    [Symbol.asyncDispose]: async () => {
      await context.conversations.settled();
      await context.presence[Symbol.asyncDispose]();
      await context.db[Symbol.asyncDispose]();
      await drop();
    },
  };
}

export type TestServer = Server & {
  url: { console: string; chat: string };
  database: string;
  [Symbol.asyncDispose]: () => Promise<void>;
};

/** A whole server on free ports and a database of its own: `await using server = await testServer()`. */
export async function testServer(env: Env = {}): Promise<TestServer> {
  const { url: database, drop } = await cloneDatabase();
  const [consolePort, chatPort] = await Promise.all([freePort(), freePort()]);
  const config = testConfig({
    FOYER_CONSOLE_PORT: String(consolePort),
    FOYER_CHAT_PORT: String(chatPort),
    ...env,
  });
  const server = await startServer(
    config,
    SECRET,
    { connectionString: database },
    createLogger(config.logLevel),
  );
  return {
    ...server,
    database,
    url: { console: config.console.url, chat: config.chat.url },
    [Symbol.asyncDispose]: async () => {
      await server.stop();
      await drop();
    },
  };
}
