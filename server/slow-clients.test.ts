import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { after, before, test } from 'node:test';
import { testServer, type TestServer } from './test/database.ts';
import { makeAccount } from './test/factories.ts';
import { inParallel } from './test/samples.ts';
import { beginChat, call, speakerOf } from './test/speakers.ts';

/** `FOYER_RUNS=5000 npm run test:unit -- server/slow-clients`: as many sockets. */
const sockets = Number(process.env['FOYER_RUNS'] ?? 300);

let server: TestServer;
before(async () => {
  server = await testServer();
});
after(() => server[Symbol.asyncDispose]());

/** A socket that says this much of a request and no more; resolves with all that it is told when it is closed. */
async function stall(
  on: 'console' | 'chat',
  part: string,
): Promise<{ told: Promise<string>; socket: Socket }> {
  const socket = connect(server.ports[on], '127.0.0.1');
  socket.on('error', () => undefined);
  let text = '';
  socket.on('data', (data) => (text += String(data)));
  await once(socket, 'connect');
  socket.write(part);
  return { socket, told: once(socket, 'close').then(() => text) };
}

test('E2: sockets that never finish their headers take nothing from anybody, and are told so and closed', async () => {
  const visitor = await speakerOf(server.context, (await makeAccount(server.context)).visitor());
  const stalled: Awaited<ReturnType<typeof stall>>[] = [];
  await inParallel(
    Array.from({ length: sockets }, (_, number) => number),
    async (number) => {
      stalled.push(
        await stall(number % 2 ? 'chat' : 'console', 'GET /v1/setup HTTP/1.1\r\nhost: x\r\nx-slow: '),
      );
    },
  );
  // A byte now and then is what such a client sends to look alive.
  const drip = setInterval(() => {
    for (const { socket } of stalled) if (socket.writable) socket.write('y');
  }, 1000);
  const { line, conversationId } = await beginChat(server, visitor);
  assert.equal((await line.command({ type: 'message.post', conversationId, text: 'Hello?' })).type, 'done');
  assert.equal((await call(server, 'console', 'GET', '/readyz')).status, 200);
  const answers = await Promise.all(stalled.map(({ told }) => told));
  clearInterval(drip);
  for (const answer of answers) assert.match(answer, /^HTTP\/1\.1 4\d\d .*application\/problem\+json/is);
  assert.equal(
    (await line.command({ type: 'message.post', conversationId, text: 'Still here' })).type,
    'done',
  );
  await line.close();
});

test('E2: more headers than anybody needs stop no server, with an upgrade among them or without', async () => {
  for (const count of [90, 200, 900]) {
    for (const last of [{}, { connection: 'Upgrade', upgrade: 'websocket' }]) {
      const many = Object.fromEntries(Array.from({ length: count }, (_, number) => [`h${number}`, 'x']));
      const asking = request({
        host: '127.0.0.1',
        port: server.ports.chat,
        path: '/v1/realtime',
        headers: { ...many, ...last },
        agent: false,
      });
      asking.end();
      const [response] = (await once(asking, 'response')) as [{ statusCode: number; resume: () => void }];
      response.resume();
      assert.ok([400, 403, 404, 413].includes(response.statusCode), `${count}: ${response.statusCode}`);
    }
  }
  assert.equal((await call(server, 'console', 'GET', '/readyz')).status, 200);
});
