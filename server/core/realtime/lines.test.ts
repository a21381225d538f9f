import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import type { Down } from '#protocol/down.ts';
import type { VisitorActor } from '../actor.ts';
import { createListener, type Listener } from '../http/listener.ts';
import { createLogger } from '../logger.ts';
import { createMetrics } from '../metrics.ts';
import type { Connection, Dispatch } from './connection.ts';
import { Lines } from './lines.ts';

const URLS = { console: 'http://chat.example:8080', chat: 'http://chat.example:8081' };
const actor: VisitorActor = { kind: 'visitor', accountId: 'a', visitorId: 'v', chatboxId: 'c' };
const hello = JSON.stringify({ type: 'hello', protocol: 1, token: 't', positions: { conversations: {} } });
const conversationId = '01930000-0000-7000-8000-000000000000';

type Bare = { lines: Lines; ports: { console: number; chat: number }; connections: Connection[]; stop: () => Promise<void> };

/** Both listeners without any feature: hello is always accepted, every command is done. */
async function bare(): Promise<Bare> {
  const log = createLogger('silent');
  const metrics = createMetrics();
  const connections: Connection[] = [];
  const dispatch: Dispatch = async (connection, message) => {
    if (message.type === 'hello') {
      connection.actor = actor;
      connections.push(connection);
      connection.send({ type: 'welcome', protocol: 1, epoch: 'e', reset: false, now: '', heartbeat: 25, conversation: null });
    } else if ('ref' in message) connection.send({ type: 'done', ref: message.ref });
  };
  const trusted = (address: string) => address === '127.0.0.1';
  const lines = new Lines({ dispatch, beat: () => undefined, trusted, log, metrics });
  const make = async (name: 'console' | 'chat'): Promise<Listener> => {
    const settings = { name, url: URLS[name], trusted, routes: [], log, metrics };
    const nobody = async () => Promise.reject(new Error('not used'));
    const app = createListener({ ...settings, authenticate: { person: nobody, operator: nobody, administrator: nobody, visitor: nobody } });
    lines.serve(app, name, URLS[name]);
    await app.listen({ host: '127.0.0.1', port: 0 });
    return app;
  };
  const apps = { console: await make('console'), chat: await make('chat') };
  const portOf = (app: Listener) => (app.server.address() as AddressInfo).port;
  return {
    lines,
    connections,
    ports: { console: portOf(apps.console), chat: portOf(apps.chat) },
    stop: async () => {
      await lines.drain(0);
      await Promise.all([apps.console.close(), apps.chat.close()]);
    },
  };
}

let server: Bare;
before(async () => (server = await bare()));
after(() => server.stop());

type Upgrade = { path?: string; headers?: Record<string, string>; on?: 'console' | 'chat'; of?: Bare };

/** Status of an upgrade request; 101 when it was accepted. The socket is kept only if `keep` takes it. */
async function upgrade({ path = '/v1/realtime', headers = {}, on = 'chat', of = server }: Upgrade, keep?: (socket: Socket) => void): Promise<number> {
  const all = { connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13', 'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==', ...headers };
  const asking = request({ host: '127.0.0.1', port: of.ports[on], path, headers: all, agent: false });
  asking.end();
  return new Promise((resolve, reject) => {
    asking.on('error', reject);
    asking.on('response', (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    asking.on('upgrade', (response, socket: Socket) => {
      if (keep) keep(socket);
      else socket.destroy();
      resolve(response.statusCode ?? 0);
    });
  });
}

async function open(on: 'console' | 'chat' = 'chat', of = server): Promise<{ socket: WebSocket; heard: Down[]; closed: Promise<number> }> {
  const socket = new WebSocket(`ws://127.0.0.1:${of.ports[on]}/v1/realtime`, 'foyer.v1', { origin: URLS[on] });
  const heard: Down[] = [];
  socket.on('message', (data) => heard.push(JSON.parse(String(data)) as Down));
  socket.on('error', () => undefined);
  const closed = new Promise<number>((resolve) => socket.on('close', resolve));
  await once(socket, 'open');
  return { socket, heard, closed };
}

const command = (index = 0) => JSON.stringify({ type: 'conversation.close', ref: `01930000-0000-7000-8000-${String(index).padStart(12, '0')}`, conversationId });

const ownOrigin = new URL(URLS.chat);
const foreign: Record<string, string | undefined> = {
  missing: undefined,
  empty: '',
  null: 'null',
  foreign: 'https://evil.example',
  'own host behind a foreign name': `http://evil-${ownOrigin.host}`,
  'own host as the beginning of a foreign name': `http://${ownOrigin.host}.evil.example`,
  'sub-domain': `http://sub.${ownOrigin.host}`,
  'upper case': URLS.chat.toUpperCase(),
  'other scheme': URLS.chat.replace('http:', 'https:'),
  'other port': URLS.chat.replace('8081', '8082'),
  'no port': URLS.chat.replace(':8081', ''),
  "the other listener's": URLS.console,
  'with a path': `${URLS.chat}/`,
  'with a user': URLS.chat.replace('//', '//me@'),
  'own and foreign': `${URLS.chat}, https://evil.example`,
};

describe('the upgrade', () => {
  test('is accepted from the own origin', async () => {
    assert.equal(await upgrade({ headers: { origin: URLS.chat } }), 101);
    assert.equal(await upgrade({ on: 'console', headers: { origin: URLS.console } }), 101);
  });

  for (const [what, origin] of Object.entries(foreign)) {
    test(`C8: is refused before it happens with an origin that is ${what}`, async () => {
      const headers = { ...(origin !== undefined && { origin }), cookie: 'foyer_session=stolen' };
      assert.equal(await upgrade({ headers }), 403);
    });
  }

  test('C8: refuses a second Origin header', async () => {
    const socket = connect(server.ports.chat, '127.0.0.1');
    socket.write(
      `GET /v1/realtime HTTP/1.1\r\nhost: x\r\nconnection: Upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\norigin: ${URLS.chat}\r\norigin: https://evil.example\r\n\r\n`,
    );
    const [data] = (await once(socket, 'data')) as [Buffer];
    assert.match(String(data), /^HTTP\/1\.1 403 /);
    socket.destroy();
  });

  test('E2: answers 404 at any other address, and nothing in an address stops the server', async () => {
    for (const path of ['/', '/v1/realtime/', '//', '//v1/realtime', '/\\', '//[', 'http://[', '*', '/%', '/v1/realtime%00', '/v1/%ff']) {
      assert.equal(await upgrade({ path, headers: { origin: URLS.chat } }), 404, path);
    }
    assert.equal(await upgrade({ path: '/v1/realtime?x=1', headers: { origin: URLS.chat } }), 101);
  });

  test('a forwarded address that is none does not stop the server', async () => {
    for (const forwarded of ['x', ', ,', '127.0.0.1, 127.0.0.1', '::', '1.2.3.4.5', '[::1]', '127.0.0.1:80', 'unknown']) {
      assert.equal(await upgrade({ headers: { origin: URLS.chat, 'x-forwarded-for': forwarded } }), 101, forwarded);
    }
  });

  test('a thousand lines of one address are accepted and the next is told to wait; another address is not', async () => {
    const own = await bare();
    const kept: Socket[] = [];
    const from = (forwarded: string) => upgrade({ of: own, headers: { origin: URLS.chat, 'x-forwarded-for': forwarded } }, (socket) => kept.push(socket));
    for (let done = 0; done < 1000; done += 100) {
      const statuses = await Promise.all(Array.from({ length: 100 }, () => from('192.0.2.7')));
      assert.deepEqual(new Set(statuses), new Set([101]));
    }
    assert.equal(own.lines.size, 1000);
    assert.equal(await from('192.0.2.7'), 429);
    assert.equal(await from('203.0.113.9, 192.0.2.7'), 429, 'a forged beginning of X-Forwarded-For is no other address');
    assert.equal(await from('192.0.2.8'), 101);
    kept.shift()?.destroy();
    await sleep(50);
    assert.equal(await from('192.0.2.7'), 101, 'a line that ended makes room');
    for (const socket of kept) socket.destroy();
    await own.stop();
  });
});

describe('a line', () => {
  test('that says a frame larger than the limit is closed with 1009', async () => {
    for (const [on, limit] of [['chat', 32 * 1024], ['console', 64 * 1024]] as const) {
      const fits = await open(on);
      fits.socket.send('x'.repeat(limit));
      fits.socket.send(hello);
      while (fits.heard.length < 2) await sleep(5);
      assert.deepEqual(fits.heard.map(({ type }) => type), ['refused', 'welcome']);
      fits.socket.close();
      const large = await open(on);
      large.socket.send('x'.repeat(limit + 1));
      assert.equal(await large.closed, 1009, on);
    }
  });

  test('E1: that sends endless fragments, or announces a gigabyte, is closed with 1009 and costs nothing', async () => {
    const fragments = await open();
    const before = process.memoryUsage().rss;
    for (let index = 0; index < 100; index += 1) fragments.socket.send('x'.repeat(1024), { fin: false });
    assert.equal(await fragments.closed, 1009);
    let raw: Socket | undefined;
    assert.equal(await upgrade({ headers: { origin: URLS.chat } }, (socket) => (raw = socket)), 101);
    assert.ok(raw);
    raw.write(Buffer.from([0x81, 0xff, 0, 0, 0, 0, 0x40, 0, 0, 0, 1, 2, 3, 4]));
    const [answer] = (await once(raw, 'data')) as [Buffer];
    assert.deepEqual([answer[0], answer.readUInt16BE(2)], [0x88, 1009]);
    raw.destroy();
    assert.ok(process.memoryUsage().rss - before < 5 * 1024 * 1024);
  });

  test('that sends a binary frame is closed with 4002', async () => {
    const { socket, closed } = await open();
    socket.send(Buffer.from('{}'));
    assert.equal(await closed, 4002);
  });

  test('that says anything before hello is refused and closed with 4001', async () => {
    const { socket, heard, closed } = await open();
    socket.send(command());
    assert.equal(await closed, 4001);
    const [refused] = heard;
    assert.ok(refused?.type === 'refused' && refused.code === 'not_signed_in');
  });

  test('E3: has a burst of commands, then is refused with the time to wait, and a flood closes it with 1008', async () => {
    const { socket, heard, closed } = await open();
    socket.send(hello);
    for (let index = 0; index < 70; index += 1) socket.send(command(index));
    while (heard.length < 71) await sleep(5);
    const done = heard.filter(({ type }) => type === 'done').length;
    assert.ok(done >= 20 && done <= 25, `${done} were done`);
    const refused = heard.find((frame) => frame.type === 'refused');
    assert.ok(refused?.type === 'refused' && refused.code === 'rate_limited' && refused.after === 1 && refused.ref !== null);
    assert.equal(socket.readyState, WebSocket.OPEN, 'impatience is not a flood yet');
    for (let index = 0; index < 40; index += 1) socket.send(command(index));
    assert.equal(await closed, 1008);
  });

  for (const [what, frame] of Object.entries({ 'not JSON': '{', 'not a frame': '{"type":"x"}', 'half a command': '{"type":"message.post","ref":"x"}', pings: '{"type":"ping"}' })) {
    test(`E3: is closed with 1008 when it floods with ${what}`, async () => {
      const { socket, heard, closed } = await open();
      socket.send(hello);
      for (let index = 0; index < 200; index += 1) socket.send(frame);
      assert.equal(await closed, 1008);
      assert.ok(heard.length < 130, `${heard.length} answers`);
    });
  }

  test('hears its answers in the order of its commands, also of those sent before the welcome', async () => {
    const { socket, heard } = await open();
    socket.send(hello);
    for (let index = 0; index < 15; index += 1) socket.send(command(index));
    while (heard.length < 16) await sleep(5);
    assert.deepEqual(heard.slice(1).map((frame) => (frame.type === 'done' ? Number(frame.ref.slice(-12)) : frame)), Array.from({ length: 15 }, (_, index) => index));
    socket.close();
  });

  test('is told bye, then closed with 1012 when the server goes; new ones get 503', async () => {
    const own = await bare();
    const all = await Promise.all(Array.from({ length: 250 }, () => open('chat', own)));
    const draining = own.lines.drain(1);
    assert.equal(await upgrade({ of: own, headers: { origin: URLS.chat } }), 503);
    assert.deepEqual(new Set(await Promise.all(all.map(({ closed }) => closed))), new Set([1012]));
    await draining;
    for (const { heard } of all) assert.deepEqual(heard, [{ type: 'bye', within: 2 }]);
    assert.equal(own.lines.size, 0);
    await own.stop();
  });
});

describe('a line that never says hello', { concurrency: true }, () => {
  const started = performance.now();
  const chatter: Record<string, (socket: WebSocket) => void> = {
    'and is silent': () => undefined,
    'but pings': (socket) => socket.send('{"type":"ping"}'),
    'but talks nonsense': (socket) => socket.send('{'),
  };
  for (const [what, say] of Object.entries(chatter)) {
    test(`${what} is closed with 4001 after five seconds`, async () => {
      const { socket, closed } = await open();
      const timer = setInterval(() => socket.readyState === WebSocket.OPEN && say(socket), 500);
      const code = await Promise.race([closed, sleep(8000, 0)]);
      clearInterval(timer);
      assert.equal(code, 4001);
      assert.ok(performance.now() - started > 4000);
    });
  }
});
