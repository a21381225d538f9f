import { Agent, request } from 'node:http';
import type { WidgetStateAnswer } from '#protocol/chatboxes.ts';
import type { Down } from '#protocol/down.ts';
import type { Routing } from '#protocol/routing.ts';
import { openSession } from '../server/features/auth/sign-in.ts';
import { issueTokens } from '../server/features/visitors/tokens.ts';
import { createLogger } from '../server/core/logger.ts';
import { readConfig } from '../server/config.ts';
import { createContext } from '../server/start.ts';
import { makeAccount, PASSWORD } from '../server/test/factories.ts';
import { cookieOf, requestOf } from '../server/test/members.ts';
import { freePort } from '../server/test/ports.ts';
import { startTestPostgres } from '../server/test/postgres.ts';
import { quantile } from './measures.ts';
import { connect, startChild, stopChild } from './target.ts';

const WIDGETS = Number(process.argv[2] ?? 500);
const CONSOLES = Number(process.argv[3] ?? 50);
const SECRET = 'a secret of the bench that is long enough to sign with';
const HOST = 'new.example';

/**
 * `node bench/in-force.ts 500 50` (OP-12): so many open widgets with a line, and so many open consoles; an administrator
 * changes something. Each widget asks what holds now as soon as its line tells it that something is different; a console
 * is told the change itself. Time from the click to what shows the change, beside as many plain requests at once in the
 * same run. Consoles fetch the list of domains when it is looked at, so a domain tells them nothing.
 */
const postgres = await startTestPostgres();
const [consolePort, chatPort] = [await freePort(), await freePort()];
const env = {
  DATABASE_URL: postgres.env['FOYER_TEST_DATABASE_URL'] ?? '',
  FOYER_CONSOLE_PORT: String(consolePort),
  FOYER_CHAT_PORT: String(chatPort),
  FOYER_TRUSTED_PROXIES: '127.0.0.0/8',
};
const { child } = await startChild('./foyer.ts', env);
const config = readConfig({ ...env, FOYER_DATA: '/nonexistent', FOYER_LOG_LEVEL: 'error' });
const connection = { connectionString: env.DATABASE_URL };
const context = await createContext(config, SECRET, connection, createLogger('error'));
const account = await makeAccount(context);
const { operatorId } = account.administrator;
const credentials = { email: `${operatorId}@example.com`, password: PASSWORD };
const session = await openSession(context, credentials, requestOf());
if (!session) throw new Error('the administrator cannot sign in');
const headers = {
  cookie: cookieOf(session),
  origin: config.console.url,
  'foyer-operator': operatorId,
};
const agent = new Agent({ keepAlive: true, maxSockets: Infinity });

function ask(index: number, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const forwarded = `10.0.${index >> 8}.${index & 255}`;
    const options = { agent, headers: { 'x-forwarded-for': forwarded } };
    const sent = request(`${config.chat.url}${path}`, options, (answer) => {
      let text = '';
      answer.on('data', (part: Buffer) => (text += part.toString()));
      answer.on('end', () => resolve(text));
    });
    sent.on('error', reject);
    sent.end();
  });
}

const state = `/v1/widget/${account.key}/state?host=${HOST}&language=en`;
const told: (() => void)[] = [];
for (let index = 0; index < WIDGETS; index += 1) {
  const { access } = await issueTokens(context.key('visitor'), account.visitor());
  const url = `${config.chat.url.replace('http', 'ws')}/v1/realtime`;
  const socket = await connect(url, index, { origin: config.chat.url }, ['foyer.v1']);
  socket.on('message', (data: Buffer) => {
    if (data.toString().startsWith('{"type":"presence"')) told[index]?.();
  });
  const hello = { type: 'hello', protocol: 1, token: access, positions: { conversations: {} } };
  socket.send(JSON.stringify(hello));
}

const routed: ((routing: Routing) => void)[] = [];
for (let index = 0; index < CONSOLES; index += 1) {
  const url = `${config.console.url.replace('http', 'ws')}/v1/realtime`;
  const socket = await connect(url, WIDGETS + index, { headers }, ['foyer.v1']);
  const { promise: greeted, resolve: greet } = Promise.withResolvers<void>();
  socket.on('message', (data: Buffer) => {
    const frame = JSON.parse(data.toString()) as Down;
    if (frame.type !== 'changes') return;
    greet();
    if (frame.routing) routed[index]?.(frame.routing);
  });
  socket.send(JSON.stringify({ type: 'hello', protocol: 1, operatorId, positions: { conversations: {} } }));
  await greeted;
}

type Shows = { widget: (answer: WidgetStateAnswer) => boolean; console?: (routing: Routing) => boolean };

/** ms until each widget and each console that the change is for shows it. */
async function measure(what: string, change: () => Promise<Response>, shows: Shows) {
  const times: number[] = [];
  const heard: number[] = [];
  const all = Promise.withResolvers<void>();
  let begun = 0;
  const consoles = shows.console ? CONSOLES : 0;
  const note = (list: number[]) => {
    list.push(performance.now() - begun);
    if (times.length === WIDGETS && heard.length === consoles) all.resolve();
  };
  for (let index = 0; index < CONSOLES; index += 1) {
    let shown = false;
    routed[index] = (routing) => {
      if (shown || !shows.console?.(routing)) return;
      shown = true;
      note(heard);
    };
  }
  for (let index = 0; index < WIDGETS; index += 1) {
    let shown = false;
    told[index] = () => {
      void ask(index, state).then((answer) => {
        if (shown || !shows.widget(JSON.parse(answer) as WidgetStateAnswer)) return;
        shown = true;
        note(times);
      });
    };
  }
  begun = performance.now();
  const answer = await change();
  if (!answer.ok) throw new Error(`${what}: ${await answer.text()}`);
  await all.promise;
  print(what, times);
  if (consoles > 0) print(`${what}, on consoles`, heard);
}

/** Widgets and consoles alike show a first department of which this is true. */
const both = (is: (name: string | undefined) => boolean): Shows => ({
  widget: ({ departments }) => is(departments[0]?.name),
  console: ({ departments }) => is(departments[0]?.name),
});
const print = (what: string, times: number[]) =>
  console.log(
    `${what}: p50 ${quantile(times, 0.5).toFixed(0)} ms, p99 ${quantile(times, 0.99).toFixed(0)} ms`,
  );
const call = (method: string, path: string, body?: object) => {
  const json = body && { 'content-type': 'application/json' };
  const sent = body ? JSON.stringify(body) : null;
  return fetch(`${config.console.url}${path}`, { method, headers: { ...headers, ...json }, body: sent });
};

console.log(`${WIDGETS} open widgets, ${CONSOLES} open consoles`);
for (let round = 0; round < 3; round += 1) {
  const plain = await Promise.all(
    Array.from({ length: WIDGETS }, async (_, index) => {
      const since = performance.now();
      await ask(index, '/healthz');
      return performance.now() - since;
    }),
  );
  print('reference: as many plain requests at once', plain);
  const address = { address: HOST };
  await measure('domain added', () => call('POST', '/v1/account/domains', address), {
    widget: ({ state: now }) => now !== 'hidden',
  });
  const department = { name: `Sales ${round}`, operators: [operatorId], removes: 0 };
  let id = '';
  const add = async () => {
    const answer = await call('POST', '/v1/departments', department);
    const { departments } = (await answer.clone().json()) as { departments: { id: string }[] };
    id = departments[0]?.id ?? '';
    return answer;
  };
  await measure(
    'department added',
    add,
    both((name) => name === `Sales ${round}`),
  );
  const rename = { name: 'Renamed', operators: [operatorId] };
  await measure(
    'department renamed',
    () => call('PUT', `/v1/departments/${id}`, rename),
    both((name) => name === 'Renamed'),
  );
  await measure(
    'department removed',
    () => call('DELETE', `/v1/departments/${id}?removes=1`),
    both((name) => name === undefined),
  );
  await measure('domain removed', () => call('DELETE', `/v1/account/domains/${HOST}`), {
    widget: ({ state: now }) => now === 'hidden',
  });
}
agent.destroy();
await stopChild(child);
await context.jobs[Symbol.asyncDispose]();
await context.db[Symbol.asyncDispose]();
await postgres.stop();
process.exit(0);
