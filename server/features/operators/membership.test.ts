import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Operators } from '#protocol/operators.ts';
import type { OperatorActor } from '../../core/actor.ts';
import { testServer, type TestServer } from '../../test/database.ts';
import { makeAccount, type TestAccount } from '../../test/factories.ts';
import { beginChat, call, Line, speakerOf, type Answer, type Speaker } from '../../test/speakers.ts';
import { acceptConversation } from '../conversations/accept-conversation.ts';
import { joinAccount } from './join-account.ts';

let server: TestServer;
let account: TestAccount;
let administrator: Speaker;
let bob: Speaker;

before(async () => {
  server = await testServer();
});
after(() => server[Symbol.asyncDispose]());

/** The event has told the lines, not the sweep that would have told them later. */
const assertToldAtOnce = async (): Promise<void> =>
  assert.doesNotMatch(
    await server.context.metrics.text(),
    /foyer_healed_total\{what="membership"\} [1-9]/,
    'a sweep had to close a line',
  );

const idOf = ({ actor }: Speaker): string => (actor as OperatorActor).operatorId;
const ask = (speaker: Speaker, method: string, path: string, body?: object): Promise<Answer> =>
  call(server, 'console', method, path, { headers: speaker.headers, body });
const ofOperator = (speaker: Speaker): string => `/v1/operators/${idOf(speaker)}`;
const nameIn = ({ json }: Answer): string => (json as { name: string }).name;

async function newPeople(): Promise<void> {
  account = await makeAccount(server.context);
  administrator = await speakerOf(server.context, account.administrator);
  bob = await speakerOf(server.context, await account.addOperator('normal'));
}

/** One more membership of a person. */
async function alsoIn(speaker: Speaker): Promise<Speaker> {
  const other = await makeAccount(server.context);
  const { personId } = speaker.actor as OperatorActor;
  const { operator } = await server.context.db.inAccount(other.accountId, (tx) =>
    joinAccount(tx, other.accountId, { personId, handle: 'elsewhere', name: 'Else', role: 'normal' }),
  );
  const headers = { ...speaker.headers, 'foyer-operator': operator.id };
  return { ...speaker, headers, hello: { operatorId: operator.id } };
}

test('OP-03: an administrator changes name, handle, role and capacity; colleagues see it at once', async () => {
  await newPeople();
  const desk = await Line.open(server, administrator);
  const change = { name: 'Robert', handle: 'robert', role: 'administrator', capacity: 3 };
  const answer = await ask(administrator, 'PATCH', ofOperator(bob), change);
  assert.deepEqual(answer.json, { id: idOf(bob), status: 'online', ...change });
  const { operators } = await desk.hear('changes', (frame) => frame.operators[0]?.handle === 'robert');
  assert.deepEqual(operators, [answer.json]);
  const none = await ask(administrator, 'PATCH', ofOperator(bob), { capacity: null });
  assert.deepEqual(none.json, { id: idOf(bob), status: 'online', ...change, capacity: null });
  const taken = await ask(bob, 'PATCH', ofOperator(administrator), { handle: 'robert' });
  assert.equal(taken.status, 409);
  assert.deepEqual(Object.keys((taken.json as { fields: object }).fields), ['handle']);
  await desk.close();
});

test('OC-18: everybody changes the own display name, in one account only', async () => {
  await newPeople();
  const elsewhere = await alsoIn(bob);
  assert.equal(nameIn(await ask(bob, 'PATCH', '/v1/profile', { name: 'Bobby' })), 'Bobby');
  const { operators } = (await ask(administrator, 'GET', '/v1/operators')).json as Operators;
  assert.equal(operators.find(({ id }) => id === idOf(bob))?.name, 'Bobby');
  const others = (await ask(elsewhere, 'GET', '/v1/operators')).json as Operators;
  assert.ok(others.operators.every(({ name }) => name !== 'Bobby'));
});

test('B6 OP-02: another role is in force at once: lines that began with the old one are closed', async () => {
  await newPeople();
  const line = await Line.open(server, bob);
  assert.equal((await ask(bob, 'PATCH', '/v1/account', { title: 'Mine' })).status, 403);
  await ask(administrator, 'PATCH', ofOperator(bob), { role: 'administrator' });
  assert.equal((await line.closed).code, 4001);
  assert.equal((await ask(bob, 'PATCH', '/v1/account', { title: 'Mine' })).status, 200);
  const again = await Line.open(server, bob);
  await ask(administrator, 'PATCH', ofOperator(bob), { role: 'normal' });
  assert.equal((await again.closed).code, 4001);
  await assertToldAtOnce();
  assert.equal((await ask(bob, 'PATCH', '/v1/account', { title: 'Mine' })).status, 403);
});

test('B6 OP-05: a deleted operator is in no list and may do nothing; what it said keeps its name', async () => {
  await newPeople();
  const elsewhere = await alsoIn(bob);
  const chat = await beginChat(server, await speakerOf(server.context, account.visitor()));
  const bobs = bob.actor as OperatorActor;
  await acceptConversation(server.context, bobs, chat.conversationId, crypto.randomUUID());
  const desk = await Line.open(server, administrator);
  const line = await Line.open(server, bob);
  const otherLine = await Line.open(server, elsewhere);
  const { operators: before } = (await ask(bob, 'GET', '/v1/operators')).json as Operators;
  assert.equal((await ask(administrator, 'DELETE', ofOperator(bob))).status, 204);
  const { from } = await desk.hear('changes', (frame) => frame.removedOperators?.[0] === idOf(bob));
  await desk.hear('presence', ({ operators }) => operators !== undefined && !(idOf(bob) in operators));
  assert.equal((await line.closed).code, 4001);
  assert.equal((await ask(bob, 'GET', '/v1/account')).status, 403);
  const back = new Line(server, 'console', bob.headers);
  await back.opened();
  back.send({ type: 'hello', protocol: 1, ...bob.hello, positions: { conversations: {} } });
  assert.equal((await back.closed).code, 4001, 'asked to find out who it still is');
  const me = (await ask(bob, 'GET', '/v1/session')).json as { memberships: { operatorId: string }[] };
  assert.deepEqual(
    me.memberships.map(({ operatorId }) => operatorId),
    [elsewhere.hello.operatorId],
  );
  assert.equal(otherLine.socket.readyState, 1, 'the other account goes on');

  const fresh = await Line.open(server, administrator);
  const all = await fresh.hear('changes');
  assert.ok(all.operators.every(({ id }) => id !== idOf(bob)));
  const { epoch } = server.context;
  const resumed = await Line.open(server, administrator, { account: from, conversations: {} }, epoch);
  const missed = await resumed.hear('changes');
  assert.deepEqual([missed.operators, missed.removedOperators], [[], [idOf(bob)]]);
  const log = `/v1/conversations/${chat.conversationId}/entries?before=9`;
  assert.match((await ask(administrator, 'GET', log)).text, new RegExp(bobs.name));

  const { handle } = before.find(({ id }) => id === idOf(bob))!;
  const heir = { email: 'heir@example.com', name: 'Heir', handle, role: 'normal' };
  assert.equal((await ask(administrator, 'POST', '/v1/operators', heir)).status, 201, 'the handle is free');
  assert.equal((await ask(administrator, 'DELETE', ofOperator(bob))).status, 404);
  await Promise.all([desk, otherLine, fresh, resumed, chat.line].map((one) => one.close()));
});

test('OP-05: the last administrator stays, and nobody deletes himself by accident', async () => {
  await newPeople();
  const own = await ask(administrator, 'DELETE', ofOperator(administrator));
  assert.match((own.json as { detail: string }).detail, /Operator companies/);
  const demoted = await ask(administrator, 'PATCH', ofOperator(administrator), { role: 'normal' });
  assert.deepEqual([own.status, demoted.status], [409, 409]);
  // Two who take the other's right away at once: one of them stays.
  await ask(administrator, 'PATCH', ofOperator(bob), { role: 'administrator' });
  const both = await Promise.all([
    ask(administrator, 'PATCH', ofOperator(bob), { role: 'normal' }),
    ask(bob, 'PATCH', ofOperator(administrator), { role: 'normal' }),
  ]);
  const { operators } = (await ask(administrator, 'GET', '/v1/operators')).json as Operators;
  const left = operators.filter(({ role }) => role === 'administrator');
  assert.equal(left.length, 1, both.map(({ status }) => status).join());
});

test('B6 OP-03: a forced log-out closes the lines in this account until the person signs in again', async () => {
  await newPeople();
  const elsewhere = await alsoIn(bob);
  const [line, otherLine] = [await Line.open(server, bob), await Line.open(server, elsewhere)];
  assert.equal((await ask(administrator, 'DELETE', `${ofOperator(bob)}/sessions`)).status, 204);
  assert.equal((await line.closed).code, 4001);
  await assertToldAtOnce();
  assert.equal((await ask(bob, 'GET', '/v1/account')).status, 401);
  assert.equal((await ask(elsewhere, 'GET', '/v1/account')).status, 200);
  assert.equal(otherLine.socket.readyState, 1, 'the other account goes on');
  const anew = await speakerOf(server.context, bob.actor);
  assert.equal((await ask(anew, 'GET', '/v1/account')).status, 200);
  await otherLine.close();
});
