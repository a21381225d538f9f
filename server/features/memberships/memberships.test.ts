import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { AddedOperator, MembershipRequests, MyRequests } from '#protocol/memberships.ts';
import type { Role } from '#protocol/operators.ts';
import type { Me } from '#protocol/auth.ts';
import type { OperatorActor } from '../../core/actor.ts';
import { testServer, type TestServer } from '../../test/database.ts';
import { makeAccount, type TestAccount } from '../../test/factories.ts';
import { call, Line, speakerOf, type Answer, type Speaker } from '../../test/speakers.ts';

let server: TestServer;
/** Who asks, and who is asked: an administrator elsewhere. */
let account: TestAccount;
let administrator: Speaker;
let eve: Speaker;
let address: string;

before(async () => {
  server = await testServer();
});
after(() => server[Symbol.asyncDispose]());

const ask = (speaker: Speaker, method: string, path: string, body?: object): Promise<Answer> =>
  call(server, 'console', method, path, { headers: speaker.headers, body });

async function newPeople(): Promise<void> {
  account = await makeAccount(server.context);
  administrator = await speakerOf(server.context, account.administrator);
  const { administrator: elsewhere } = await makeAccount(server.context);
  eve = await speakerOf(server.context, elsewhere);
  address = `${elsewhere.operatorId}@example.com`;
}

/** As the link in a mail would. */
const verify = (email: string): Promise<unknown> =>
  server.context.db.unscoped.query('update persons set email_verified = true where email = $1', [email]);

const add = (email: string, more: object = {}) =>
  ask(administrator, 'POST', '/v1/operators', { email, name: 'Eve', handle: 'eve', role: 'normal', ...more });

async function requested(): Promise<string> {
  const { json } = await add(address);
  return (json as Extract<AddedOperator, { request: object }>).request.id;
}
const mine = async (): Promise<MyRequests> =>
  (await ask(eve, 'GET', '/v1/person/membership-requests')).json as MyRequests;
const pending = async (): Promise<string[]> =>
  ((await ask(administrator, 'GET', '/v1/membership-requests')).json as MembershipRequests).requests.map(
    ({ email }) => email,
  );
const accountsOf = async (speaker: Speaker): Promise<[string, Role][]> =>
  ((await ask(speaker, 'GET', '/v1/session')).json as Me).memberships.map(({ account: { id }, role }) => [
    id,
    role,
  ]);
const toMe = (requestId: string): string => `/v1/person/membership-requests/${requestId}`;

test('OP-04 OC-19 AC-03: who is registered is asked, confirms, serves both accounts, and leaves', async () => {
  await newPeople();
  await verify(address);
  const desk = await Line.open(server, administrator);
  const answer = await add(address.toUpperCase(), { role: 'administrator', password: 'not the one in use' });
  assert.equal(answer.status, 201);
  assert.deepEqual(Object.keys(answer.json as object), ['request']);
  assert.deepEqual(await pending(), [address]);
  const mails = `select to_address, subject, content->'blocks' as blocks from mails where account_id = $1`;
  const { rows } = await server.context.db.unscoped.query(mails, [account.accountId]);
  assert.deepEqual(
    rows.map((row: { to_address: string }) => row.to_address),
    [address],
  );
  assert.match(JSON.stringify(rows), /asks you to answer the chats of Test company.*settings\/companies/);
  assert.equal((await accountsOf(eve)).length, 1, 'nobody serves an account unasked');
  assert.deepEqual([(await add(address)).status, await pending()], [409, [address]], 'asked once');

  const { requests, verified } = await mine();
  assert.ok(verified);
  const [request] = requests;
  assert.deepEqual(
    [request?.account, request?.askedBy, request?.handle, request?.role],
    ['Test company', (administrator.actor as OperatorActor).name, 'eve', 'administrator'],
  );
  assert.equal((await ask(eve, 'POST', toMe(request!.id))).status, 204);
  const { operators } = await desk.hear('changes', (frame) => frame.operators[0]?.handle === 'eve');
  const now = new Map((await accountsOf(eve)).map(([id, role]) => [id, role]));
  assert.equal(now.get(account.accountId), 'administrator');
  assert.deepEqual([(await mine()).requests, await pending()], [[], []]);
  assert.equal((await ask(eve, 'POST', toMe(request!.id))).status, 404, 'confirmed once');

  const own = `/v1/person/memberships/${operators[0]!.id}`;
  assert.equal((await ask(administrator, 'DELETE', own)).status, 404, 'of somebody else');
  assert.equal((await ask(eve, 'DELETE', own)).status, 204);
  await desk.hear('changes', (frame) => frame.removedOperators?.[0] === operators[0]!.id);
  assert.equal((await accountsOf(eve)).length, 1);
  const last = await ask(eve, 'DELETE', `/v1/person/memberships/${eve.hello.operatorId}`);
  assert.match(
    (last.json as { detail: string }).detail,
    /only administrator/,
    'the last administrator cannot leave',
  );
  await desk.close();
});

test('OC-19: a request is declined, or withdrawn, and is gone for both', async () => {
  await newPeople();
  await verify(address);
  assert.equal((await ask(eve, 'DELETE', toMe(await requested()))).status, 204);
  assert.deepEqual([(await mine()).requests, await pending()], [[], []]);
  const second = await requested();
  const withdraw = `/v1/membership-requests/${second}`;
  assert.equal((await ask(administrator, 'DELETE', withdraw)).status, 204);
  assert.equal((await ask(administrator, 'DELETE', withdraw)).status, 404);
  assert.equal((await ask(eve, 'POST', toMe(second))).status, 404);
  assert.equal((await accountsOf(eve)).length, 1);
});

test('C1 C3: an address that nobody has proved is neither told apart nor taken over', async () => {
  await newPeople();
  const second = (await makeAccount(server.context)).administrator.operatorId;
  await verify(`${second}@example.com`);
  const { request: of, ...unproved } = (await add(address)).json as { request: Record<string, unknown> };
  const { request: known } = (await add(`${second}@example.com`, { handle: 'known' })).json as {
    request: object;
  };
  assert.deepEqual([unproved, Object.keys(of)], [{}, Object.keys(known)]);
  // Whoever registered with somebody else's address does not see what is meant for its owner.
  assert.deepEqual(await mine(), { verified: false, requests: [] });
  for (const method of ['POST', 'DELETE'])
    assert.equal((await ask(eve, method, toMe(String(of['id'])))).status, 404);
  assert.equal((await accountsOf(eve)).length, 1);
  await verify(address);
  assert.equal((await mine()).requests.length, 1);
});

test('OP-04: after 30 days a request is gone, and the person can be asked again', async () => {
  await newPeople();
  await verify(address);
  const id = await requested();
  await server.context.db.unscoped.query(
    `update membership_requests set expires_at = now() where request_id = $1
      and expires_at between now() + interval '29 days' and now() + interval '30 days'`,
    [id],
  );
  assert.deepEqual([(await mine()).requests, await pending()], [[], []]);
  assert.equal((await ask(eve, 'POST', toMe(id))).status, 404);
  assert.equal((await add(address)).status, 201);
});

test('OP-04: a handle that was given away meanwhile is a clear refusal, and the request stays', async () => {
  await newPeople();
  await verify(address);
  const id = await requested();
  assert.equal((await add('other@example.com')).status, 201);
  const refused = await ask(eve, 'POST', toMe(id));
  assert.equal(refused.status, 409);
  assert.match((refused.json as { detail: string }).detail, /ask Operator \d+ for a new request/);
  assert.equal((await mine()).requests.length, 1);
});
