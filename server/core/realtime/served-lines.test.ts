import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { closeCodes } from '#protocol/session.ts';
import { testServer, type TestServer } from '../../test/database.ts';
import { makeAccount, type TestAccount } from '../../test/factories.ts';
import { frameOf, opcodes, rawLine } from '../../test/raw-line.ts';
import { beginChat, call, Line, speakerOf, startChat as start, type Speaker } from '../../test/speakers.ts';
import { beat } from '../../features/session/beat.ts';
import { createLogger } from '../logger.ts';
import { createMetrics } from '../metrics.ts';
import { Connection } from './connection.ts';
import { topics } from './topics.ts';

let server: TestServer;
let account: TestAccount;
let operator: Speaker;

before(async () => {
  server = await testServer();
  account = await makeAccount(server.context);
  operator = await speakerOf(server.context, account.administrator);
});
after(() => server[Symbol.asyncDispose]());

const newVisitor = () => speakerOf(server.context, account.visitor());
const begin = async () => beginChat(server, await newVisitor());

describe('hello', () => {
  test('of a protocol that is not spoken here is refused by name and the line closed with 4002', async () => {
    for (const protocol of [0, 2, -1]) {
      const visitor = await newVisitor();
      const line = new Line(server, 'chat', visitor.headers);
      await line.opened();
      line.send({ type: 'hello', protocol, ...visitor.hello, positions: { conversations: {} } });
      assert.equal((await line.hear('refused')).code, 'unsupported_protocol');
      assert.equal((await line.closed).code, closeCodes.protocol);
    }
  });

  test("is refused with 4001 without a credential, and with the other listener's", async () => {
    const visitor = await newVisitor();
    const foreign: [Speaker['on'], Record<string, string>, object][] = [
      ['chat', visitor.headers, {}],
      ['chat', visitor.headers, { token: 'x' }],
      ['chat', { ...operator.headers, origin: server.url.chat }, operator.hello],
      ['console', { origin: server.url.console }, operator.hello],
      [
        'console',
        { ...visitor.headers, origin: server.url.console },
        { ...visitor.hello, ...operator.hello },
      ],
    ];
    for (const [on, headers, credential] of foreign) {
      const line = new Line(server, on, headers);
      await line.opened();
      line.send({ type: 'hello', protocol: 1, ...credential, positions: { conversations: {} } });
      assert.equal((await line.hear('refused')).code, 'not_signed_in');
      assert.equal((await line.closed).code, closeCodes.signIn);
    }
  });

  test('binds the line: another speaker is refused on it, and the line goes on as the first', async () => {
    const line = await Line.open(server, await newVisitor());
    const other = await newVisitor();
    line.send({ type: 'hello', protocol: 1, ...other.hello, positions: { conversations: {} } });
    assert.equal((await line.hear('refused')).code, 'not_allowed');
    assert.equal((await line.command(start())).type, 'done');
    await line.close();
  });

  test('with commands behind it, sent before the welcome: they are done in order', async () => {
    const { visitor, line, conversationId } = await begin();
    await line.close();
    const again = new Line(server, 'chat', visitor.headers);
    await again.opened();
    again.send({ type: 'hello', protocol: 1, ...visitor.hello, positions: { conversations: {} } });
    const refs = Array.from({ length: 10 }, () => randomUUID());
    for (const ref of refs) again.send({ type: 'message.post', ref, conversationId, text: ref });
    await again.hear('done', ({ ref }) => ref === refs.at(-1));
    const done = again.heard.filter((frame) => frame.type === 'done');
    assert.deepEqual(
      done.map(({ ref, seq }) => [ref, seq]),
      refs.map((ref, index) => [ref, index + 2]),
    );
    await again.close();
  });
});

test('a command that is repeated is done again with the same position, also with its ref in capitals', async () => {
  const { line, conversationId } = await begin();
  for (const ref of [randomUUID(), randomUUID().toUpperCase()]) {
    const post = { type: 'message.post', ref, conversationId, text: 'once' };
    const answers = () => line.heard.filter((frame) => frame.type === 'done' && frame.ref === ref);
    for (const times of [1, 2, 3]) {
      line.send(post);
      await line.until(() => (answers().length === times ? true : undefined));
    }
    assert.equal(new Set(answers().map((frame) => 'seq' in frame && frame.seq)).size, 1);
  }
  await line.close();
});

test('a heartbeat tells how far each followed stream reaches', async () => {
  const { line, conversationId } = await begin();
  await line.command({ type: 'message.post', conversationId, text: 'two' });
  const desk = await Line.open(server, operator);
  await desk.command({ type: 'conversation.follow', conversationId });
  const connections = new Set<Connection>();
  const { hub } = server.context;
  const join = hub.join.bind(hub);
  hub.join = (connection, topic) => (connections.add(connection), join(connection, topic));
  await desk.command({ type: 'conversation.follow', conversationId });
  hub.join = join;
  const [connection] = connections;
  assert.ok(connection);
  beat(server.context, connection);
  const { rows } = await server.context.db.unscoped.query<{ seq: number }>(
    'select seq from account_streams where account_id = $1',
    [account.accountId],
  );
  const head = await desk.hear('head');
  assert.deepEqual(head.positions, { account: rows[0]?.seq, conversations: { [conversationId]: 2 } });
  await Promise.all([line.close(), desk.close()]);
});

test('B6: ending a session closes its lines with 4001 at once, and no others', async () => {
  const [one, two] = await Promise.all([
    speakerOf(server.context, account.administrator),
    speakerOf(server.context, account.administrator),
  ]);
  const [first, second] = await Promise.all([Line.open(server, one), Line.open(server, two)]);
  const from = performance.now();
  assert.equal(
    (await call(server, 'console', 'DELETE', '/v1/session', { headers: one.headers })).status,
    204,
  );
  assert.equal((await first.closed).code, closeCodes.signIn);
  assert.ok(performance.now() - from < 2000);
  assert.equal((await second.command({ type: 'status.set', status: 'online' })).type, 'done');
  await second.close();
});

test('a closed line leaves nothing behind, also one that closes while it is greeted', async () => {
  const { hub } = server.context;
  const visitor = await newVisitor();
  const other = await makeAccount(server.context);
  const followed = [topics.visitors(other.accountId), topics.account(other.accountId)];
  const stranger = await speakerOf(server.context, other.visitor());
  const line = await Line.open(server, stranger);
  const administrator = await Line.open(server, await speakerOf(server.context, other.administrator));
  assert.deepEqual(
    followed.map((topic) => hub.followers(topic)),
    [1, 1],
  );
  await Promise.all([line.close(), administrator.close()]);
  for (const { headers, hello } of [stranger, visitor]) {
    const hasty = new Line(server, 'chat', headers);
    await hasty.opened();
    hasty.send({ type: 'hello', protocol: 1, ...hello, positions: { conversations: {} } });
    await hasty.close();
  }
  const poll = {
    hello: { type: 'hello', protocol: 1, ...stranger.hello, positions: { conversations: {} } },
    wait: 0,
  };
  await call(server, 'chat', 'POST', '/v1/realtime/poll', { headers: stranger.headers, body: poll });
  await sleep(200);
  assert.deepEqual(
    followed.map((topic) => hub.followers(topic)),
    [0, 0],
  );
});

describe('a slow line', () => {
  for (const [listener, close] of [
    ['chat', 1024 * 1024],
    ['console', 4 * 1024 * 1024],
  ] as const) {
    test(`on the ${listener} first loses what may be lost, then is closed with 4003`, () => {
      const sent: string[] = [];
      const closes: number[] = [];
      let waiting = 0;
      const connection = new Connection({
        transport: {
          send: (text) => sent.push(text),
          close: (code) => closes.push(code),
          buffered: () => waiting,
        },
        listener,
        cookie: null,
        browser: null,
        ip: '',
        dispatch: async () => undefined,
        log: createLogger('silent'),
        metrics: createMetrics(),
      });
      const both = () => [connection.sendText('typing', true), connection.sendText('entry', false)];
      waiting = 256 * 1024;
      both();
      assert.deepEqual([sent.splice(0), connection.dropped], [['typing', 'entry'], false]);
      waiting += 1;
      both();
      assert.deepEqual([sent.splice(0), connection.dropped], [['entry'], true]);
      waiting = close;
      both();
      assert.deepEqual([sent.splice(0), closes], [['entry'], []]);
      waiting += 1;
      both();
      assert.deepEqual([sent, closes, connection.closed], [[], [4003], true]);
    });
  }

  test('E4: that reads nothing is cut, and what it did not read is bounded', async () => {
    const { visitor, line, conversationId } = await begin();
    await line.close();
    const stalled = await Promise.all(Array.from({ length: 10 }, () => stall(visitor)));
    const topic = topics.conversation(account.accountId, conversationId);
    while (server.context.hub.followers(topic) < 10) await sleep(10);
    const text = 'x'.repeat(64 * 1024);
    const actor = visitor.actor as { visitorId: string };
    const sender = { kind: 'visitor' as const, id: actor.visitorId };
    const rss = process.memoryUsage().rss;
    for (let seq = 2; seq < 300 && server.context.hub.followers(topic) > 0; seq += 1) {
      server.context.hub.publish({
        topic,
        event: {
          type: 'entries',
          conversationId,
          head: seq,
          channel: 'chat',
          state: 'waiting',
          desk: null,
          operator: null,
          visitor: { id: actor.visitorId, name: null, email: null },
          entries: [{ seq, at: new Date().toISOString(), sender, what: { kind: 'message', text } }],
        },
      });
      await sleep(1);
    }
    assert.equal(server.context.hub.followers(topic), 0, 'all are cut');
    assert.ok(
      process.memoryUsage().rss - rss < 80 * 1024 * 1024,
      `${(process.memoryUsage().rss - rss) >> 20} MiB`,
    );
    for (const socket of stalled) socket.destroy();
  });

  /** A socket that says hello and reads no more. */
  async function stall({ headers, hello }: Speaker): Promise<Socket> {
    const socket = await rawLine(server.ports.chat, headers);
    socket.pause();
    const greeting = { type: 'hello', protocol: 1, ...hello, positions: { conversations: {} } };
    socket.write(frameOf(opcodes.text, JSON.stringify(greeting)));
    return socket;
  }
});
