import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { down } from '#protocol/down.ts';
import { testServer, type TestServer } from '../../test/database.ts';
import { makeAccount, type TestAccount } from '../../test/factories.ts';
import { call, Line, speakerOf, type Speaker } from '../../test/speakers.ts';
import type { OperatorActor } from '../../core/actor.ts';
import type { HubEvent } from '../../core/realtime/event.ts';
import type { Connection } from '../../core/realtime/connection.ts';
import { presentEvent } from '../session/present-event.ts';

let server: TestServer;
let account: TestAccount;
let owner: Speaker;
let colleague: Speaker;

before(async () => {
  server = await testServer();
  account = await makeAccount(server.context);
  owner = await speakerOf(server.context, await account.addOperator('normal'));
  colleague = await speakerOf(server.context, await account.addOperator('normal'));
  const { unscoped } = server.context.db;
  const plant = (text: string) => unscoped.query(text, [account.accountId]);
  await plant(
    `update persons set email = 'canary-mail-' || id || '@example.com', name = 'canary-person' where id in (select person_id from operators where account_id = $1)`,
  );
  await plant(
    `update operators set handle = 'canary-handle-' || left(operator_id::text, 8), name = 'canary-name' where account_id = $1`,
  );
  await plant(
    `update accounts set name = 'canary-account', identity_secret = 'canary-secret-canary-secret-canary' where account_id = $1`,
  );
  await unscoped.query(`update operators set name = 'Olivia' where operator_id = $1`, [
    owner.actor.kind === 'operator' ? owner.actor.operatorId : '',
  ]);
});
after(() => server[Symbol.asyncDispose]());

/** Everything a visitor can be sent, of which nothing but what protocol/ names for it may be about the inside (B8). */
test('B8: a visitor is shown nothing of the inside but the name of the operator who serves it', async () => {
  const captured: string[] = [];
  const http = async (
    method: string,
    path: string,
    body?: object,
    headers: Record<string, string> = { origin: server.url.chat },
  ) => {
    const answer = await call(server, 'chat', method, path, { headers, body });
    captured.push(answer.text, JSON.stringify([...answer.headers]));
    return answer;
  };
  const visit = (await http('POST', '/v1/visitor/session', { key: account.key })).json as {
    access: string;
    refresh: string;
    visitorId: string;
  };
  for (const token of [visit.access, visit.refresh])
    captured.push(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
  const headers = { origin: server.url.chat, authorization: `Bearer ${visit.access}` };
  const visitor: Speaker = {
    on: 'chat',
    headers,
    hello: { token: visit.access },
    actor: { ...account.visitor(), visitorId: visit.visitorId },
  };

  const desks = await Promise.all([owner, colleague].map((speaker) => Line.open(server, speaker)));
  const [desk, other] = desks;
  assert.ok(desk && other);
  const line = await Line.open(server, visitor);
  const begun = await line.command({
    type: 'conversation.start',
    text: 'Hello',
    details: { name: 'Vera' },
    page: null,
    language: 'en',
  });
  assert.ok(begun.type === 'done');
  const { conversationId = '' } = begun;
  await desk.command({ type: 'conversation.follow', conversationId });
  await desk.command({ type: 'conversation.accept', conversationId });
  await desk.command({ type: 'message.post', conversationId, text: 'Good day' });
  await desk.command({ type: 'note.post', conversationId, text: 'canary-note' });
  const { operatorId } = colleague.actor as OperatorActor;
  const to = { kind: 'operator', id: operatorId };
  await desk.command({ type: 'conversation.transfer', conversationId, to });
  await other.command({ type: 'conversation.decline', conversationId });
  desk.send({ type: 'typing', conversationId, on: true });
  await line.hear('typing');
  await desk.command({ type: 'receipt.mark', conversationId, mark: 'read', upTo: 1 });
  // What the visitor has no right to, and what goes wrong, is answered too.
  for (const frame of [
    { type: 'conversation.accept', conversationId },
    { type: 'status.set', status: 'away' },
    { type: 'message.post', conversationId: randomUUID(), text: 'x' },
    { type: 'x' },
  ])
    await line.command(frame);
  await other.command({ type: 'status.set', status: 'away' });
  await line.command({
    type: 'page.visit',
    conversationId,
    page: { url: 'https://shop.example/', title: 'Shop' },
  });
  line.send({ type: 'ping' });
  await line.hear('head');
  const hello = { type: 'hello', protocol: 1, token: visit.access, positions: { conversations: {} } };
  await http('POST', '/v1/realtime/poll', { hello, wait: 0 });
  await http('POST', '/v1/realtime/send', {
    token: visit.access,
    frames: [{ type: 'message.post', ref: randomUUID(), conversationId, text: 'by poll' }],
  });
  await desk.command({ type: 'conversation.close', conversationId });
  await line.hear('entries', ({ entries }) => entries.some(({ what }) => what.kind === 'closed'));

  await http('POST', '/v1/visitor/session', { key: account.key, refresh: visit.refresh });
  await http('GET', `/v1/widget/${account.key}/state?host=shop.example`);
  for (const path of [
    `/w/${account.key}.js`,
    `/frame/${account.key}`,
    `/test/${account.key}`,
    '/v1/openapi.json',
    '/healthz',
    '/metrics',
    '/',
    '/v1/operators',
  ])
    await http('GET', path);
  await http('POST', '/v1/visitor/attributes', { attributes: { plan: 'gold' } }, headers);
  const left = {
    ref: randomUUID(),
    email: 'v@example.com',
    name: null,
    subject: null,
    text: 'Hi',
    page: null,
    language: null,
  };
  await http('POST', '/v1/visitor/offline-messages', left, headers);
  await http('POST', '/v1/visitor/identify', { identity: 'a.b.c' }, headers);

  for (const frame of line.heard) down.parse(frame);
  const types = new Set(line.heard.map(({ type }) => type));
  for (const type of ['welcome', 'presence', 'entries', 'typing', 'done', 'refused', 'head'] as const)
    assert.ok(types.has(type), `no ${type} was captured`);
  assert.ok(!types.has('changes'));
  for (const frame of line.heard)
    if (frame.type === 'presence') assert.deepEqual(Object.keys(frame).toSorted(), ['online', 'type']);
  const all = [...captured, ...line.heard.map((frame) => JSON.stringify(frame))].join('\n');
  assert.match(all, /Olivia/, 'the name of the serving operator is shown, so the capture is real');
  assert.doesNotMatch(all, /canary/);
  const inside = [owner, colleague].flatMap(({ actor }) =>
    actor.kind === 'operator' ? [actor.personId, actor.sessionId] : [],
  );
  const people = colleague.actor.kind === 'operator' ? [colleague.actor.operatorId] : [];
  for (const secret of [...inside, ...people]) assert.ok(!all.includes(secret), `${secret} is shown`);
  await Promise.all([line, ...desks].map((one) => one.close()));
});

test('B8: an event of the inside is nothing for a visitor, even on a topic that it should not follow', () => {
  const connection = { actor: account.visitor() } as unknown as Connection;
  const events: HubEvent[] = [
    { type: 'changes', seq: 1, conversations: [], operators: [] },
    { type: 'typing', conversationId: randomUUID(), from: 'visitor', to: null, on: true },
  ];
  for (const event of events)
    assert.equal(
      presentEvent(event, connection, () => undefined),
      undefined,
      event.type,
    );
  const presence: HubEvent = {
    type: 'presence',
    online: true,
    operators: { [randomUUID()]: 'online' },
    busy: [randomUUID()],
  };
  assert.equal(
    presentEvent(presence, connection, () => undefined),
    '{"type":"presence","online":true}',
  );
});
