import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { listen } from '../server/test/ports.ts';
import { fair, startChaosProxy, type ChaosProxy } from './chaos-proxy.ts';

/** Says back what it hears, and remembers it. */
const heard: string[] = [];
const echo = createServer((socket) => {
  socket.on('error', () => undefined);
  socket.on('data', (chunk) => {
    heard.push(chunk.toString());
    socket.write(chunk);
  });
});
let target: number;
let proxy: ChaosProxy;
const sockets: Socket[] = [];

before(async () => (target = await listen(echo)));
after(() => echo.close());
beforeEach(async () => (proxy = await startChaosProxy(target)));
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  heard.length = 0;
  await proxy.stop();
});

/** Unlike `once` it does not mind that a reset is an error too. */
const closedOf = (socket: Socket) => new Promise<void>((resolve) => socket.once('close', () => resolve()));

type Client = {
  socket: Socket;
  pieces: Buffer[];
  text: () => string;
  has: (length: number) => Promise<void>;
};

async function open(): Promise<Client> {
  const socket = connect(proxy.port, '127.0.0.1');
  sockets.push(socket);
  const pieces: Buffer[] = [];
  socket.on('data', (chunk) => pieces.push(chunk));
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  const text = () => Buffer.concat(pieces).toString();
  const has = async (length: number) => {
    while (text().length < length) await Promise.race([once(socket, 'data'), wait(2000, undefined)]);
  };
  return { socket, pieces, text, has };
}

/** The server has heard exactly this. */
async function hears(...texts: string[]): Promise<void> {
  while (heard.join('') !== texts.join('')) await wait(2);
}

/** Long enough for bytes to arrive that should not. */
const patience = () => wait(60);

test('in fair weather both ways carry everything, and an end is passed on', async () => {
  const { socket, text, has } = await open();
  const long = 'abcdefgh'.repeat(50_000);
  socket.write(long);
  await has(long.length);
  assert.equal(text(), long);
  assert.deepEqual(proxy.connections(), [0]);
  socket.end();
  await closedOf(socket);
});

test('delay holds bytes back and keeps their order, whatever the jitter', async () => {
  await proxy.stop();
  let turn = 0;
  proxy = await startChaosProxy(target, { random: () => ((turn += 7) % 10) / 10 });
  proxy.set({ delay: 300, jitter: 30 });
  const { socket, text, has } = await open();
  const begun = performance.now();
  for (const letter of 'abcdefghij') {
    socket.write(letter);
    await wait(2);
  }
  await has(10);
  assert.equal(text(), 'abcdefghij');
  assert.ok(performance.now() - begun >= 599, 'there and back');
});

test('a lost way swallows, for the rest of the connection, and the other way goes on', async () => {
  const { socket, text } = await open();
  proxy.set({ lose: 'down' });
  socket.write('one');
  await hears('one');
  proxy.set(fair);
  socket.write('two');
  await hears('one', 'two');
  await patience();
  assert.equal(text(), '');
  const later = await open();
  later.socket.write('three');
  await later.has(5);
  assert.equal(later.text(), 'three');
});

test('a lost way up: the server hears nothing, and no end', async () => {
  const { socket } = await open();
  proxy.set({ lose: 'up' });
  socket.write('one');
  await patience();
  assert.deepEqual(heard, []);
  assert.equal(socket.destroyed, false);
});

test('a stalled way keeps everything until it clears', async () => {
  const { socket, text, has } = await open();
  proxy.set({ stall: 'down' });
  socket.write('kept');
  await hears('kept');
  await patience();
  assert.equal(text(), '');
  proxy.set(fair);
  await has(4);
  assert.equal(text(), 'kept');
});

test('a stalled or a narrow way does not read on: its sender notices that nobody takes its bytes', async () => {
  for (const weather of [{ stall: 'up' }, { throttle: 1000 }] as const) {
    proxy.set({ ...fair, ...weather });
    const { socket } = await open();
    socket.write(Buffer.alloc(64 * 1024 * 1024));
    await wait(300);
    assert.ok(socket.writableLength > 32 * 1024 * 1024, `${socket.writableLength} bytes wait`);
  }
});

test('slice hands on small pieces, throttle so many a second, truncate ends in the middle', async () => {
  const sliced = await open();
  proxy.set({ slice: 1 });
  const letters = 'abcdefghij'.repeat(10);
  sliced.socket.write(letters);
  await sliced.has(100);
  assert.equal(sliced.text(), letters);
  // The system may join what comes close together; in one piece it is never.
  assert.ok(heard.length > 10, `${heard.length} pieces`);

  proxy.set({ ...fair, throttle: 1000, slice: 10 });
  const slow = await open();
  const begun = performance.now();
  slow.socket.write('s'.repeat(50));
  await slow.has(50);
  // Four pauses of 10 ms lie between five pieces; a timer may come a little early.
  assert.ok(performance.now() - begun >= 35, '50 bytes at 1000 a second');

  proxy.set({ ...fair, truncate: 5 });
  const cut = await open();
  cut.socket.write('123456789');
  await closedOf(cut.socket);
  assert.equal(heard.at(-1), '12345');
});

test('reset and weather of some: the others notice nothing', async () => {
  const [a, b, c] = [await open(), await open(), await open()];
  a.socket.write('a');
  b.socket.write('b');
  await Promise.all([a.has(1), b.has(1)]);
  const closed = closedOf(a.socket);
  assert.equal(
    proxy.reset((id) => id === 0),
    1,
  );
  await closed;
  assert.deepEqual(proxy.connections(), [1, 2]);
  proxy.set({ lose: 'both' }, (id) => id === 1);
  b.socket.write('lost');
  c.socket.write('c');
  await c.has(1);
  await patience();
  assert.equal(b.text(), 'b');
});

test('a judge passes, swallows, cuts and answers by what it sees', async () => {
  proxy.judge((chunk, way) => {
    const text = chunk.toString();
    if (way === 'down' && text === 'swallow') return 'swallow';
    if (way === 'down' && text === 'cut') return 'cut';
    return way === 'up' && text === 'ask' ? Buffer.from('refused') : 'pass';
  });
  const deaf = await open();
  deaf.socket.write('swallow');
  await hears('swallow');
  // What comes back is judged by the piece, so it must have come before the next.
  await patience();
  deaf.socket.write('still heard');
  await hears('swallow', 'still heard');
  await patience();
  assert.equal(deaf.text(), '');
  const cut = await open();
  const closed = closedOf(cut.socket);
  cut.socket.write('cut');
  await closed;
  assert.equal(heard.at(-1), 'cut');
  const asked = await open();
  asked.socket.write('ask');
  await once(asked.socket, 'end');
  assert.equal(asked.text(), 'refused');
});
