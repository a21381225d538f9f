import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { SignJWT } from 'jose';
import { createLogger } from './core/logger.ts';
import { prepareSetup } from './features/auth/prepare-setup.ts';
import { openVisit } from './test/clients.ts';
import { testServer, TEST_SECRET, type TestServer } from './test/database.ts';
import { call, Line, startChat, type Answer, type Speaker } from './test/speakers.ts';

/** A session of everything, told in full: what the log, the answers and the database keep of it. */
let server: TestServer;
const log: string[] = [];
const said: string[] = [];
const secrets: Record<string, string> = {
  password: `pass-${randomBytes(12).toString('hex')}`,
  'second password': `next-${randomBytes(12).toString('hex')}`,
  'wrong password': `guess-${randomBytes(12).toString('hex')}`,
};

before(async () => {
  const write = (line: string): void => void log.push(line);
  server = await testServer({}, undefined, createLogger('debug', { write, secrets: [TEST_SECRET] }));
});
after(() => server[Symbol.asyncDispose]());

async function ask(
  on: 'console' | 'chat',
  method: string,
  path: string,
  body?: object,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const answer = await call(server, on, method, path, {
    headers: { origin: server.url[on], ...headers },
    body,
  });
  said.push(
    `${JSON.stringify([...answer.headers].filter(([name]) => name !== 'set-cookie'))} ${answer.text}`,
  );
  return answer;
}

const cookieOf = ({ headers }: Answer): string =>
  headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ');

async function sessionOfEverything(): Promise<{ headers: Record<string, string>; visitor: Speaker }> {
  const token = await prepareSetup(server.context);
  assert.ok(token);
  secrets['setup token'] = token;
  const email = 'owner@example.com';
  const { password = '', 'second password': next = '', 'wrong password': wrong = '' } = secrets;
  const account = { name: 'shop', title: 'Shop', language: 'en', domain: 'shop.example' };
  await ask('console', 'POST', '/v1/setup', {
    token: `${token.slice(1)}x`,
    name: 'Owner',
    email,
    password,
    account,
  });
  const made = await ask('console', 'POST', '/v1/setup', { token, name: 'Owner', email, password, account });
  assert.equal(made.status, 201, made.text);
  await ask('console', 'POST', '/v1/session', { email, password: wrong });
  const { memberships } = made.json as { memberships: { operatorId: string }[] };
  const operatorId = memberships[0]!.operatorId;
  const headers = { cookie: cookieOf(made), 'foyer-operator': operatorId };
  await ask('console', 'POST', '/v1/person/password', { current: wrong, next }, headers);
  await ask('console', 'POST', '/v1/person/password', { current: password, next }, headers);
  const again = await ask('console', 'POST', '/v1/session', { email, password: next });
  for (const pair of `${headers.cookie}; ${cookieOf(again)}`.split('; '))
    secrets[`cookie ${Object.keys(secrets).length}`] = pair.slice(pair.indexOf('=') + 1);
  const member = { email: 'two@example.com', name: 'Two', handle: 'two', role: 'normal' };
  const added = await ask('console', 'POST', '/v1/operators', { ...member, password: wrong }, headers);
  assert.equal(added.status, 201, added.text);
  for (const path of ['session', 'person/sessions', 'account', 'account/domains', 'operators', 'chatboxes'])
    await ask('console', 'GET', `/v1/${path}`, undefined, headers);

  const box = await server.context.db.unscoped.query<{
    key: string;
    account_id: string;
    identity_secret: string;
  }>('select key, account_id, identity_secret from chatboxes join accounts using (account_id)');
  const [{ key, identity_secret: identitySecret } = { key: '', identity_secret: '' }] = box.rows;
  const visit = await openVisit(server, key);
  const identity = await new SignJWT({ name: 'Known' })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject('known')
    .setIssuedAt()
    .setExpirationTime('5m')
    .sign(new TextEncoder().encode(identitySecret));
  Object.assign(secrets, { access: visit.access, refresh: visit.refresh, identity });
  const bearer = { authorization: `Bearer ${visit.access}` };
  await call(server, 'chat', 'POST', '/v1/visitor/identify', {
    headers: { ...bearer, origin: server.url.chat },
    body: { identity },
  });
  const visitor: Speaker = {
    actor: { kind: 'visitor', accountId: '', visitorId: '', chatboxId: '', since: new Date() },
    on: 'chat',
    headers: { ...bearer, origin: server.url.chat },
    hello: { token: visit.access },
  };
  const line = await Line.open(server, visitor);
  await line.command(startChat('Hello'));
  line.send({ type: 'hello', protocol: 1, token: `${visit.access}x`, positions: { conversations: {} } });
  await line.hear('refused');
  const poll = {
    hello: { type: 'hello', protocol: 1, token: visit.access, positions: { conversations: {} } },
    wait: 0,
  };
  await ask('chat', 'POST', '/v1/realtime/poll', poll, bearer);
  const desk = await Line.open(server, {
    ...visitor,
    on: 'console',
    headers: { ...headers, origin: server.url.console },
    hello: { operatorId },
  });
  said.push(JSON.stringify([...line.heard, ...desk.heard]));
  for (const path of [
    `/w/${key}.js`,
    `/frame/${key}`,
    `/test/${key}`,
    `/v1/widget/${key}/state?host=shop.example`,
  ])
    await ask('chat', 'GET', path);
  await Promise.all([line.close(), desk.close()]);
  return { headers, visitor };
}

/** Every row of every table, as text. */
async function dump(): Promise<string> {
  const { unscoped } = server.context.db;
  const { rows: tables } = await unscoped.query<{ name: string }>(
    `select format('%I', table_name) as name from information_schema.tables where table_schema = 'public'`,
  );
  const texts: string[] = [];
  for (const { name } of tables) {
    const { rows } = await unscoped
      .query<{ row: string }>(`select t::text as row from ${name} t`)
      .catch(() => ({ rows: [] }));
    texts.push(...rows.map(({ row }) => row));
  }
  return texts.join('\n');
}

const found = (text: string): string[] =>
  Object.entries({ ...secrets, installation: TEST_SECRET }).flatMap(([name, secret]) =>
    text.includes(secret) || text.includes(encodeURIComponent(secret)) ? [name] : [],
  );

describe('F2: after a session of everything, and an outage in it', () => {
  let everything: Awaited<ReturnType<typeof sessionOfEverything>>;
  before(async () => {
    everything = await sessionOfEverything();
  });

  test('the answers hold no secret but the tokens of a visit, once, where they are asked for', () => {
    assert.ok(said.length > 15);
    assert.deepEqual(found(said.join('\n')), []);
  });

  test('the database holds none of them', async () => {
    const text = await dump();
    assert.match(text, /owner@example\.com/);
    assert.match(text, /\$argon2id\$/);
    assert.deepEqual(found(text), []);
  });

  test('A10, F2: neither does the log, when each request fails with everything that it carried', async () => {
    const { headers, visitor } = everything;
    const { 'second password': password = '', access = '', identity = '' } = secrets;
    let carried: string[] = [];
    const fail = async (): Promise<never> => {
      throw new Error(`cannot digest ${carried.join(' ')} of \r\n{"forged":true} \u001b[31m\u009b`);
    };
    // What the server does by itself would fail with what only a request carries.
    await server.context.reconciler[Symbol.asyncDispose]();
    Object.assign(server.context.db, { inAccount: fail, asPerson: fail });
    Object.assign(server.context.auth, { signIn: fail });
    const evil = '\u001b[2J\u009b31m %0d%0a{"level":"error"}';
    const hostile = { 'user-agent': 'x\u009b31m', 'accept-language': '%1b[2J', referer: 'http://x/%0d%0a' };
    carried = headers['cookie']!.split(/; |=/).concat(headers['cookie']!);
    await ask('console', 'GET', '/v1/account', undefined, { ...headers, ...hostile });
    await ask('console', 'PATCH', '/v1/account', { title: evil }, { ...headers, ...hostile });
    carried = [password];
    await ask('console', 'POST', '/v1/session', { email: 'two@example.com', password }, hostile);
    carried = [access, identity];
    await ask('chat', 'POST', '/v1/visitor/identify', { identity }, { ...visitor.headers, ...hostile });
    const frames = [{ ref: crypto.randomUUID(), ...startChat(evil) }];
    await ask('chat', 'POST', '/v1/realtime/send', { token: access, frames }, hostile);
    server.context.logger.error({ err: new Error(`the installation's ${TEST_SECRET}`) }, 'failed');
    assert.equal(log.length, 6, log.join(''));
    assert.deepEqual(found(log.join('')), []);
    assert.ok(log.join('').includes('[removed]'));
    for (const line of log) assertOneObject(line);
  });
});

/** A log line is one JSON object and gives a terminal nothing to obey. */
function assertOneObject(line: string): void {
  assert.equal(line.indexOf('\n'), line.length - 1);
  // eslint-disable-next-line no-control-regex -- they are what is looked for
  assert.doesNotMatch(line.slice(0, -1), /[\u0000-\u001f\u007f-\u009f]/);
  const parsed = JSON.parse(line) as { level: string; forged?: unknown };
  assert.ok(parsed.level && parsed.forged === undefined);
}

test('A10: what a header may not carry is refused as a problem, and writes no line', async () => {
  const lines = log.length;
  const names = [
    'host',
    'origin',
    'cookie',
    'user-agent',
    'accept-language',
    'x-forwarded-for',
    'referer',
    'authorization',
  ];
  for (const name of names) {
    for (const evil of ['\u001b[2J', '\u0000', '\u007f', 'a\nb', '\r\r']) {
      const socket = connect(server.ports.console, '127.0.0.1');
      socket.on('error', () => undefined);
      const others = name === 'host' ? '' : 'host: x\r\n';
      socket.write(`GET /v1/setup HTTP/1.1\r\n${others}${name}: ${evil}\r\nconnection: close\r\n\r\n`);
      const [data] = (await once(socket, 'data')) as [Buffer];
      assert.match(String(data), /^HTTP\/1\.1 (400|200) /, `${name} ${JSON.stringify(evil)}`);
      socket.destroy();
    }
  }
  assert.equal(log.length, lines);
});
