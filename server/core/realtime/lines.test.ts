import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import {
  bare,
  open as openOf,
  upgrade as upgradeOf,
  URLS,
  type Bare,
  type Upgrade,
} from '../../test/bare-lines.ts';
import { framesIn, frameOf, opcodes, rawLine } from '../../test/raw-line.ts';

const hello = JSON.stringify({ type: 'hello', protocol: 1, token: 't', positions: { conversations: {} } });
const conversationId = '01930000-0000-7000-8000-000000000000';

let server: Bare;
before(async () => (server = await bare()));
after(() => server.stop());

const upgrade = (
  asked: Omit<Upgrade, 'of'> & { of?: Bare },
  keep?: (socket: Socket) => void,
): Promise<number> => upgradeOf({ of: server, ...asked }, keep);
const open = (on: 'console' | 'chat' = 'chat', of = server) => openOf(of, on);

const command = (index = 0) =>
  JSON.stringify({
    type: 'conversation.close',
    ref: `01930000-0000-7000-8000-${String(index).padStart(12, '0')}`,
    conversationId,
  });

describe('a line', () => {
  test('E1: that says a frame larger than the limit is closed with 1009', async () => {
    for (const [on, limit] of [
      ['chat', 32 * 1024],
      ['console', 64 * 1024],
    ] as const) {
      const fits = await open(on);
      fits.socket.send('x'.repeat(limit));
      fits.socket.send(hello);
      while (fits.heard.length < 2) await sleep(5);
      assert.deepEqual(
        fits.heard.map(({ type }) => type),
        ['refused', 'welcome'],
      );
      fits.socket.close();
      const large = await open(on);
      large.socket.send('x'.repeat(limit + 1));
      assert.equal(await large.closed, 1009, on);
    }
  });

  test('E1: that sends endless fragments, or announces a gigabyte, is closed with 1009 and costs nothing', async () => {
    const before = process.memoryUsage().rss;
    const fragments = await rawLine(server.ports.chat, { origin: URLS.chat });
    // A gigabyte, as far as it is taken: until the server has cut the line.
    const fragment = frameOf(opcodes.more, 'x'.repeat(32 * 1024), false);
    fragments.write(frameOf(opcodes.text, 'x', false));
    const heard: Buffer[] = [];
    fragments.on('data', (part: Buffer) => heard.push(part));
    for (let index = 0; index < 32_768 && !fragments.destroyed; index += 1) {
      if (!fragments.write(fragment))
        await Promise.race([once(fragments, 'drain'), once(fragments, 'close')]);
    }
    assert.equal(framesIn(Buffer.concat(heard)).code, 1009);
    let raw: Socket | undefined;
    assert.equal(await upgrade({ headers: { origin: URLS.chat } }, (socket) => (raw = socket)), 101);
    assert.ok(raw);
    raw.write(Buffer.from([0x81, 0xff, 0, 0, 0, 0, 0x40, 0, 0, 0, 1, 2, 3, 4]));
    const [answer] = (await once(raw, 'data')) as [Buffer];
    assert.deepEqual([answer[0], answer.readUInt16BE(2)], [0x88, 1009]);
    raw.destroy();
    assert.ok(process.memoryUsage().rss - before < 20 * 1024 * 1024);
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
    assert.ok(
      refused?.type === 'refused' &&
        refused.code === 'rate_limited' &&
        refused.after === 1 &&
        refused.ref !== null,
    );
    assert.equal(socket.readyState, WebSocket.OPEN, 'impatience is not a flood yet');
    for (let index = 0; index < 40; index += 1) socket.send(command(index));
    assert.equal(await closed, 1008);
  });

  for (const [what, frame] of Object.entries({
    'not JSON': '{',
    'not a frame': '{"type":"x"}',
    'half a command': '{"type":"message.post","ref":"x"}',
    pings: '{"type":"ping"}',
  })) {
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
    assert.deepEqual(
      heard.slice(1).map((frame) => (frame.type === 'done' ? Number(frame.ref.slice(-12)) : frame)),
      Array.from({ length: 15 }, (_, index) => index),
    );
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

describe('E2: a line that never says hello', { concurrency: true }, () => {
  const started = performance.now();
  const chatter: Record<string, (socket: WebSocket) => void> = {
    'and is silent': () => undefined,
    'but pings': (socket) => socket.send('{"type":"ping"}'),
    'but talks nonsense': (socket) => socket.send('{'),
  };
  for (const [what, say] of Object.entries(chatter)) {
    test(`${what} is closed with 1013 after five seconds`, async () => {
      const { socket, closed } = await open();
      const timer = setInterval(() => socket.readyState === WebSocket.OPEN && say(socket), 500);
      const code = await Promise.race([closed, sleep(8000, 0)]);
      clearInterval(timer);
      assert.equal(code, 1013);
      assert.ok(performance.now() - started > 4000);
    });
  }
});

test('R18: a server that was too busy to listen closes no line for silence', async () => {
  const { socket, heard } = await open();
  socket.send(hello);
  // What was just written lies unread while everything stands still for longer than a hello may take.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 6500);
  while (heard.length === 0 && socket.readyState === WebSocket.OPEN) await sleep(5);
  assert.equal(heard[0]?.type, 'welcome');
  socket.close();
});
