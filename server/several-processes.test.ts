import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { SignJWT } from 'jose';
import { uuidv7 } from '#client/ref.ts';
import type { Client } from '#client/client.ts';
import { createLogger } from './core/logger.ts';
import { StartRefused } from './core/start-refused.ts';
import { startServer } from './start.ts';
import { identitySecret } from './features/accounts/identity-secret.ts';
import { ConversationLog } from './features/conversations/log.ts';
import { postMessage } from './features/conversations/post-message.ts';
import { addDepartment } from './features/routing/add-department.ts';
import { changeSettings } from './features/routing/change-settings.ts';
import { openVisit, operatorClient, visitorClient } from './test/clients.ts';
import { serve, twoServers, type Serving, type TwoServers } from './test/database.ts';
import { makeAccount, type TestAccount } from './test/factories.ts';
import { Nats } from './test/nats.ts';
import { beginChat, call, Line, speakerOf, startChat, type Speaker } from './test/speakers.ts';

let nats: Nats;
let house: TwoServers;
let a: Serving;
let b: Serving;
/** A server that is refused after ten seconds of patience, during which the others are tried. */
let alone: Promise<unknown>;
/** ms: longer than a lapsed lease takes to be noticed, shorter than it takes until a sweep comes by itself. */
const LONG = 18_000;

before(async () => {
  nats = await Nats.start();
  house = await twoServers(nats, createLogger('silent'));
  ({ a, b } = house);
  alone = serve(house.database, {}, undefined, createLogger('silent')).catch((error: unknown) => error);
});
after(async () => {
  await house[Symbol.asyncDispose]();
  await nats[Symbol.asyncDispose]();
});

/** An account of its own for each test: operators stay for a while after their lines. */
const company = (): Promise<TestAccount> => makeAccount(a.context);
const operatorAt = async (server: Serving, of: TestAccount): Promise<Speaker> =>
  speakerOf(server.context, await of.addOperator('normal'));
const visitorAt = (server: Serving, of: TestAccount): Promise<Speaker> =>
  speakerOf(server.context, of.visitor());
const texts = (client: Client, conversationId: string): string[] =>
  (client.getState().threads.get(conversationId)?.entries ?? []).flatMap(({ what }) =>
    what.kind === 'message' ? [what.text] : [],
  );

async function until(what: string, test: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + LONG;
  while (!(await test())) {
    if (performance.now() > end) throw new Error(`waited in vain for: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** A visitor at one server and an operator at the other, with the real client, in the middle of a chat. */
async function talk() {
  const account = await company();
  const visitor = visitorClient(a, await openVisit(a, account.key));
  const operator = await operatorClient(b, await account.addOperator('normal'));
  visitor.start();
  operator.start();
  const ref = () => uuidv7();
  const { conversationId = '' } = await visitor.send({ ref: ref(), ...startChat() });
  for (const client of [visitor, operator]) client.follow(conversationId);
  await until('the thread', () => texts(operator, conversationId).length === 1);
  await operator.send({ type: 'conversation.accept', ref: ref(), conversationId });
  const say = (from: Client, text: string) =>
    from.send({ type: 'message.post', ref: ref(), conversationId, text });
  /** So many messages, the same ones in the same order. */
  const bothSee = (count: number) =>
    until(`both to see ${count} messages`, () => {
      const [one, two] = [visitor, operator].map((client) => texts(client, conversationId));
      return one?.length === count && one.join() === two?.join();
    });
  return {
    account,
    visitor,
    operator,
    conversationId,
    say,
    bothSee,
    stop: () => (visitor.stop(), operator.stop()),
  };
}

const visitorIdOf = (client: Client): string =>
  [...client.getState().threads.values()][0]?.conversation.visitor.id ?? '';

test('committed and never told: who follows learns it when the lease of the process that died lapses', async () => {
  const { say, bothSee, account, visitor, conversationId, stop } = await talk();
  await say(visitor, 'one');
  await bothSee(2);
  const { db, metrics } = a.context;
  // A third process, which dies between its commit and its publication.
  await db.unscoped.query(
    `insert into nodes (node_id, lease_until) values (gen_random_uuid(), now() + interval '2 seconds')`,
  );
  for (const { context } of [a, b]) await context.presence.lease.renew();
  const nobody = () => undefined;
  const conversations = new ConversationLog({ db, publish: nobody, moved: nobody, metrics });
  const actor = { ...account.visitor(), visitorId: visitorIdOf(visitor) };
  await postMessage({ ...a.context, conversations }, actor, { conversationId, ref: uuidv7(), text: 'two' });
  await bothSee(3);
  await say(visitor, 'three');
  await bothSee(4);
  stop();
});

test('who comes, takes a chat, writes and goes away is seen on the other process', async () => {
  const account = await company();
  const { line, conversationId } = await beginChat(a, await visitorAt(a, account));
  const there = await Line.open(b, await operatorAt(b, account));
  await line.hear('presence', ({ online }) => online);
  assert.equal((await there.command({ type: 'conversation.accept', conversationId })).type, 'done');
  await line.hear('entries', ({ entries }) => entries.some(({ what }) => what.kind === 'joined'));
  await there.command({ type: 'conversation.follow', conversationId });
  line.send({ type: 'typing', conversationId, on: true });
  await there.hear('typing', ({ from }) => from === 'visitor');
  there.send({ type: 'typing', conversationId, on: true });
  await line.hear('typing', ({ from }) => from === 'operator');
  assert.equal((await there.command({ type: 'status.set', status: 'away' })).type, 'done');
  await until('the operator to be away', () => {
    const last = line.heard.findLast((frame) => frame.type === 'presence');
    return last?.type === 'presence' && !last.online;
  });
  await Promise.all([line.close(), there.close()]);
});

test('OP-12: a chat that is taken on one process and ended on the other tells open widgets both times', async () => {
  const account = await company();
  const operator = await operatorAt(b, account);
  const { accountId, administrator } = account;
  const department = { name: 'Sales', operators: [operator.hello.operatorId ?? ''] };
  await addDepartment(a.context, administrator, department);
  await changeSettings(a.context, administrator, { capacity: 1 });
  const there = await Line.open(b, operator);
  const widget = await Line.open(a, await visitorAt(a, account));
  const { line, conversationId } = await beginChat(a, await visitorAt(a, account));
  const told = () => widget.heard.filter(({ type }) => type === 'presence').length;
  await Promise.all([a, b].map(({ context }) => context.reconciler.settled()));
  const before = told();
  const busy = async (server: Serving) => (await server.context.presence.of(accountId)).busy.length;
  assert.equal((await there.command({ type: 'conversation.accept', conversationId })).type, 'done');
  await until('the widget to be told', async () => told() > before && (await busy(a)) === 1);
  const taken = told();
  assert.equal((await line.command({ type: 'conversation.close', conversationId })).type, 'done');
  await until('the widget to be told again', async () => told() > taken && (await busy(a)) === 0);
  await Promise.all([line, there, widget].map((one) => one.close()));
});

test('what is remembered of presence is not believed when nobody here has listened', async () => {
  const account = await company();
  const visitor = await visitorAt(b, account);
  assert.equal((await b.context.presence.of(account.accountId)).online, false);
  const line = await Line.open(a, await operatorAt(a, account));
  const late = await Line.open(b, visitor);
  assert.equal((await late.hear('presence')).online, true);
  await Promise.all([line.close(), late.close()]);
});

test('B6: a session or membership that is ended on one process is dead on the other at once, and with the broker away soon', async () => {
  for (const away of [false, true]) {
    const account = await company();
    const boss = (await speakerOf(a.context, account.administrator)).headers;
    const people = await Promise.all(Array.from({ length: 4 }, () => operatorAt(b, account)));
    const lines = await Promise.all(people.map((one) => Line.open(b, one)));
    if (away) await nats.kill();
    const own = { ...people[0]!.headers, origin: a.url.console };
    const [, deleted, loggedOut, raised] = people.map(({ hello }) => `/v1/operators/${hello.operatorId}`);
    const answers = [
      await call(a, 'console', 'DELETE', '/v1/session', { headers: own }),
      await call(a, 'console', 'DELETE', deleted!, { headers: boss }),
      await call(a, 'console', 'DELETE', `${loggedOut}/sessions`, { headers: boss }),
      await call(a, 'console', 'PATCH', raised!, { headers: boss, body: { role: 'administrator' } }),
    ];
    assert.deepEqual(
      answers.map(({ status }) => status),
      [204, 204, 204, 200],
    );
    for (const line of lines) assert.equal((await line.closed).code, 4001);
  }
  await nats.start();
});

test('a customer’s identity works once, on whatever process it is shown', async () => {
  const account = await company();
  const secret = await a.context.db.inAccount(account.accountId, (tx) =>
    identitySecret(tx, account.accountId),
  );
  const identity = await new SignJWT({ jti: randomUUID() })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject('customer-1')
    .setExpirationTime('5m')
    .sign(new TextEncoder().encode(secret));
  const show = async (server: Serving) =>
    (
      await call(server, 'chat', 'POST', '/v1/visitor/identify', {
        headers: (await visitorAt(server, account)).headers,
        body: { identity },
      })
    ).status;
  assert.deepEqual([await show(a), await show(b), await show(a)], [200, 401, 401]);
});

test('while the broker is away both sides go on, and when it is back nothing is missing', async () => {
  const { say, bothSee, visitor, operator, stop } = await talk();
  await say(visitor, 'one');
  await bothSee(2);
  await nats.kill();
  await Promise.all([say(visitor, 'two'), say(operator, 'three')]);
  await bothSee(4);
  assert.equal((await call(a, 'console', 'GET', '/readyz')).status, 200, 'delivery degrades, no more');
  assert.match(await a.context.metrics.text(), /foyer_broker_connected\{broker="nats"\} 0/);
  await say(visitor, 'four');
  await nats.start();
  await say(operator, 'five');
  await bothSee(6);
  await until('the broker', () => a.context.bus?.hears === true && b.context.bus?.hears === true);
  await Promise.all([say(visitor, 'six'), say(operator, 'seven')]);
  await bothSee(8);
  stop();
});

test('over long poll each request may come to another process', async () => {
  const visitor = await visitorAt(a, await company());
  const post = async (server: Serving, path: string, body: object) => {
    const headers = { ...visitor.headers, origin: server.url.chat };
    const { json } = await call(server, 'chat', 'POST', `/v1/realtime/${path}`, { headers, body });
    return (json as { frames: { type: string; conversationId?: string; entries?: { seq: number }[] }[] })
      .frames;
  };
  const send = (server: Serving, frame: object) =>
    post(server, 'send', { ...visitor.hello, frames: [{ ref: randomUUID(), ...frame }] });
  const poll = (server: Serving, wait: number, positions: Record<string, number>) =>
    post(server, 'poll', {
      hello: {
        type: 'hello',
        protocol: 1,
        ...visitor.hello,
        epoch: a.context.epoch,
        positions: { conversations: positions },
      },
      wait,
    });
  /** Polls until there are entries, as a client does; their positions. */
  const news = async (server: Serving, positions: Record<string, number>): Promise<number[]> => {
    for (;;) {
      const entries = (await poll(server, 20, positions)).flatMap(({ entries: some = [] }) => some);
      if (entries.length > 0) return [...new Set(entries.map(({ seq }) => seq))];
    }
  };
  const [begun] = await send(a, startChat());
  const conversationId = begun?.conversationId ?? '';
  const waiting = news(b, { [conversationId]: 1 });
  await until('the poll to wait', () => b.context.hub.topics().some((one) => one.endsWith(conversationId)));
  await send(a, { type: 'message.post', conversationId, text: 'from A' });
  assert.deepEqual(await waiting, [2]);
  const [again] = await send(b, { type: 'message.post', conversationId, text: 'from B' });
  assert.equal(again?.type, 'done');
  assert.deepEqual(await news(a, { [conversationId]: 2 }), [3]);
});

test('a server without the broker, or with another secret, is refused with a sentence', async () => {
  const { config } = b.context;
  const connection = { connectionString: house.database };
  const other = startServer(config, 'another secret that is long enough', connection, createLogger('silent'));
  await assert.rejects(
    other,
    (error) =>
      error instanceof StartRefused && error.code === 'secret_differs' && /FOYER_SECRET/.test(error.message),
  );
  const refused = await alone;
  assert.ok(refused instanceof StartRefused && refused.code === 'database_in_use', String(refused));
});
