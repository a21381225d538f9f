import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { brokenInvariants } from '../../server/test/invariants.ts';
import { freePort } from '../../server/test/ports.ts';
import { startTcpProxy, type TcpProxy } from './tcp-proxy.ts';
import { startTlsProxy } from './tls-proxy.ts';

const home = new URL('../..', import.meta.url).pathname;
const START_MS = 60_000;

/** Host names of the two origins; browsers in these tests resolve every `*.test` to this machine. */
const CHAT_HOST = 'chat.test';

export type FoyerOptions = {
  /**
   * How browsers reach the server: straight, through a proxy that can lose the network, or (the chat origin only)
   * through TLS.
   */
  way?: 'direct' | 'proxied' | 'tls';
  /** More settings of the server. */
  env?: Record<string, string>;
};

export type Foyer = {
  /** Console origin, on localhost: a secure context even over http. */
  console: string;
  /** Where the console's listener is reached from here, whatever `way` browsers take. */
  direct: string;
  /** Chat origin, another site than the console and than every host page. */
  chat: string;
  /** The one-time link that the first start prints. */
  setupLink: string;
  /** The network between browsers and server; there only when `way` is `proxied`. */
  network: { console: TcpProxy; chat: TcpProxy } | undefined;
  /** `kill -9` of the server process; its PostgreSQL goes on. Resolves when the process is gone. */
  kill9: () => Promise<void>;
  /** SIGTERM: the server drains and ends by itself. Resolves to its exit code. */
  terminate: () => Promise<number | null>;
  /** Does something while the server stands still: nobody hears of it before it is done. */
  whileFrozen: (work: () => Promise<unknown>) => Promise<void>;
  /** Starts the server again on the same data and ports. */
  start: () => Promise<void>;
  /** Reads the database, as its owner. */
  query: <Row extends pg.QueryResultRow>(sql: string, values?: unknown[]) => Promise<Row[]>;
  /** Every invariant that does not hold (docs/operate/reliability.md), whoever has stored what. */
  brokenInvariants: () => Promise<string[]>;
  /** Everything that the server has printed, line by line. */
  log: () => readonly string[];
  /** Lines of the log that say that something failed. */
  failures: () => string[];
  /** Ends everything and removes the data folder. */
  stop: () => Promise<void>;
};

/** Starts `node server/main.ts` on a new data folder and free ports. Throws with the log when it does not come up. */
export async function startFoyer({ way = 'direct', env: more = {} }: FoyerOptions = {}): Promise<Foyer> {
  const folder = mkdtempSync(join(tmpdir(), 'foyer-e2e-'));
  const [consolePort, chatPort] = [await freePort(), await freePort()];
  const network =
    way === 'proxied'
      ? { console: await startTcpProxy(consolePort), chat: await startTcpProxy(chatPort) }
      : undefined;
  const tls = way === 'tls' ? await startTlsProxy(chatPort, CHAT_HOST) : undefined;
  const consoleUrl = `http://localhost:${network?.console.port ?? consolePort}`;
  const chatUrl = tls
    ? `https://${CHAT_HOST}:${tls.port}`
    : `http://${CHAT_HOST}:${network?.chat.port ?? chatPort}`;
  const log: string[] = [];
  let child: ChildProcess | undefined;
  let setupLink = '';

  async function start(): Promise<void> {
    const env = {
      PATH: process.env['PATH'],
      ...more,
      FOYER_DATA: folder,
      FOYER_BIND: '127.0.0.1',
      FOYER_CONSOLE_PORT: String(consolePort),
      FOYER_CHAT_PORT: String(chatPort),
      FOYER_CONSOLE_URL: consoleUrl,
      FOYER_CHAT_URL: chatUrl,
      // Who asks often in a test says that it is many people, as a proxy would.
      FOYER_TRUSTED_PROXIES: '127.0.0.1',
    };
    const started = spawn(process.execPath, ['server/main.ts'], {
      cwd: home,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child = started;
    let output = '';
    const hear = (chunk: Buffer) => {
      output += chunk.toString();
      log.push(...chunk.toString().split('\n').filter(Boolean));
    };
    started.stdout.on('data', hear);
    started.stderr.on('data', hear);
    const deadline = Date.now() + START_MS;
    const wanted = setupLink === '' ? /\S+\/setup#\S+/ : /Foyer is running\./;
    let said: string | undefined;
    while ((said = wanted.exec(output)?.[0]) === undefined) {
      if (started.exitCode !== null || Date.now() > deadline)
        throw new Error(`Foyer did not start:\n${output}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    setupLink ||= said;
  }

  async function end(signal: NodeJS.Signals): Promise<number | null> {
    const running = child;
    if (!running || running.exitCode !== null || running.signalCode !== null)
      return running?.exitCode ?? null;
    const ended = new Promise<number | null>((resolve) => running.once('exit', resolve));
    running.kill(signal);
    return ended;
  }

  const leave = () => {
    child?.kill('SIGKILL');
    killPostgres(folder);
  };
  process.on('exit', leave);
  await start();
  return {
    console: consoleUrl,
    direct: `http://127.0.0.1:${consolePort}`,
    chat: chatUrl,
    setupLink,
    network,
    start,
    kill9: async () => void (await end('SIGKILL')),
    async whileFrozen(work) {
      child?.kill('SIGSTOP');
      try {
        await work();
      } finally {
        child?.kill('SIGCONT');
      }
    },
    terminate: () => end('SIGTERM'),
    query: (sql, values) => query(folder, sql, values),
    brokenInvariants: () => brokenInvariants((text) => query(folder, text)),
    log: () => log,
    failures: () => log.filter((line) => /"level":(?:50|60)|"level":"(?:error|fatal)"/.test(line)),
    async stop() {
      await end('SIGKILL');
      await gone(killPostgres(folder));
      process.off('exit', leave);
      await Promise.all([network?.console.stop(), network?.chat.stop(), tls?.stop()]);
      rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
    },
  };
}

/** Ends the child that a killed server leaves behind; gives its pid. */
function killPostgres(folder: string): number | undefined {
  const file = join(folder, 'postgres/cluster/postmaster.pid');
  if (!existsSync(file)) return undefined;
  const pid = Number(readFileSync(file, 'utf8').split('\n')[0]);
  return signal(pid, 'SIGQUIT') ? pid : undefined;
}

/** False when there is no such process any more; signal 0 only asks. */
function signal(pid: number, name: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, name);
  } catch {
    return false;
  }
}

/** What still writes into a folder keeps it from being removed. */
async function gone(pid: number | undefined): Promise<void> {
  for (let tries = 0; pid !== undefined && tries < 200 && signal(pid, 0); tries++) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function query<Row extends pg.QueryResultRow>(
  folder: string,
  sql: string,
  values?: unknown[],
): Promise<Row[]> {
  const data = realpathSync(folder);
  // As in server/core/database/embedded/places.ts: a unix socket's path must be short.
  const outside = `/tmp/foyer-${createHash('sha256').update(data).digest('hex').slice(0, 16)}`;
  const inside = join(data, 'postgres/run');
  const client = new pg.Client({
    host: existsSync(inside) ? inside : outside,
    user: 'foyer',
    database: 'foyer',
  });
  await client.connect();
  try {
    return (await client.query<Row>(sql, values)).rows;
  } finally {
    await client.end();
  }
}
