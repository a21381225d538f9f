import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { bare, upgrade as upgradeOf, URLS, type Bare, type Upgrade } from '../../test/bare-lines.ts';

let server: Bare;
before(async () => (server = await bare()));
after(() => server.stop());

const upgrade = (
  asked: Omit<Upgrade, 'of'> & { of?: Bare },
  keep?: (socket: Socket) => void,
): Promise<number> => upgradeOf({ of: server, ...asked }, keep);

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
    for (const path of [
      '/',
      '/v1/realtime/',
      '//',
      '//v1/realtime',
      '/\\',
      '//[',
      'http://[',
      '*',
      '/%',
      '/v1/realtime%00',
      '/v1/%ff',
    ]) {
      assert.equal(await upgrade({ path, headers: { origin: URLS.chat } }), 404, path);
    }
    assert.equal(await upgrade({ path: '/v1/realtime?x=1', headers: { origin: URLS.chat } }), 101);
  });

  test('A5: a forwarded address that is none does not stop the server', async () => {
    for (const forwarded of [
      'x',
      ', ,',
      '127.0.0.1, 127.0.0.1',
      '::',
      '1.2.3.4.5',
      '[::1]',
      '127.0.0.1:80',
      'unknown',
    ]) {
      assert.equal(
        await upgrade({ headers: { origin: URLS.chat, 'x-forwarded-for': forwarded } }),
        101,
        forwarded,
      );
    }
  });

  test('E2: a thousand lines of one address are accepted and the next is told to wait; another address is not', async () => {
    const own = await bare();
    const kept: Socket[] = [];
    const from = (forwarded: string) =>
      upgrade({ of: own, headers: { origin: URLS.chat, 'x-forwarded-for': forwarded } }, (socket) =>
        kept.push(socket),
      );
    for (let done = 0; done < 1000; done += 100) {
      const statuses = await Promise.all(Array.from({ length: 100 }, () => from('192.0.2.7')));
      assert.deepEqual(new Set(statuses), new Set([101]));
    }
    assert.equal(own.lines.size, 1000);
    assert.equal(await from('192.0.2.7'), 429);
    assert.equal(
      await from('203.0.113.9, 192.0.2.7'),
      429,
      'a forged beginning of X-Forwarded-For is no other address',
    );
    assert.equal(await from('192.0.2.8'), 101);
    kept.shift()?.destroy();
    await sleep(50);
    assert.equal(await from('192.0.2.7'), 101, 'a line that ended makes room');
    for (const socket of kept) socket.destroy();
    await own.stop();
  });
});
