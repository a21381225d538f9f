import assert from 'node:assert/strict';
import { beforeEach, mock, test } from 'node:test';
import type { Visit } from '#protocol/chatboxes.ts';
import { createSession } from './session.ts';
import { browserStorage, createStore, type Store } from './store.ts';

type Call = { path: string; body: Record<string, unknown>; token: string | undefined };
type Answer = { status: number; body: unknown };

let calls: Call[];
let answer: (call: Call) => Answer;
let store: Store;
let issued: number;

function visitOf(visitorId: string): Visit {
  issued += 1;
  const access = `access ${issued}`;
  return { visitorId, access, accessExpiresAt: '', refresh: `refresh of ${visitorId}`, conversation: null };
}
const refused = (code: string): Answer => ({ status: 401, body: { code, detail: code } });

beforeEach(() => {
  calls = [];
  issued = 0;
  store = createStore('k', browserStorage());
  answer = ({ path }) => ({ status: 200, body: path.endsWith('/session') ? visitOf('v') : {} });
  mock.restoreAll();
  mock.method(globalThis, 'fetch', async (path: string, init: RequestInit) => {
    const headers = init.headers as Record<string, string>;
    const call = { path, body: JSON.parse(init.body as string), token: headers['authorization']?.slice(7) };
    calls.push(call);
    const { status, body } = answer(call);
    return Response.json(body, { status });
  });
});

test('asks nothing before it is needed, and once when two need it', async () => {
  const session = createSession('k', store);
  assert.equal(session.isKnown(), false);
  assert.equal(calls.length, 0);
  await Promise.all([session.open(), session.access()]);
  assert.deepEqual(
    calls.map(({ body }) => body),
    [{ key: 'k' }],
  );
  assert.equal(session.isKnown(), true);
});

test('continues an earlier visit', async () => {
  store.set('refresh', 'old');
  await createSession('k', store).open();
  assert.equal(calls[0]?.body['refresh'], 'old');
  assert.equal(store.get('refresh'), 'refresh of v');
});

test('tries again after a failure', async () => {
  const session = createSession('k', store);
  const good = answer;
  answer = () => ({ status: 503, body: {} });
  await assert.rejects(session.open());
  answer = good;
  assert.equal((await session.open()).visitorId, 'v');
});

test('an expired token is renewed once; a bad signature is not tried again', async () => {
  const session = createSession('k', store);
  const good = answer;
  answer = (call) => (call.token === 'access 1' ? refused('token_expired') : good(call));
  await session.post('/v1/visitor/attributes', {});
  assert.deepEqual(
    calls.map(({ path, token }) => token ?? path),
    ['/v1/visitor/session', 'access 1', '/v1/visitor/session', 'access 2'],
  );
  calls = [];
  answer = () => refused('bad_signature');
  await assert.rejects(session.post('/v1/visitor/identify', {}), { status: 401 });
  assert.equal(calls.length, 1);
});

test('a logged-out visitor leaves nothing, not even to the cookie', async () => {
  store.set('refresh', 'old');
  store.set('draft', 'secret');
  store.set('out.1', 'secret');
  assert.equal(await createSession('k', store).forget(), true);
  assert.deepEqual(store.names(''), []);
  assert.deepEqual(calls[0]?.body, { key: 'k', refresh: '' });
});

test('a log-out without network holds for the next visit', async () => {
  store.set('refresh', 'old');
  const good = answer;
  answer = () => ({ status: 503, body: {} });
  await createSession('k', store).forget();
  answer = good;
  // Another document, later.
  await createSession('k', store).open();
  assert.equal(calls.at(-1)?.body['refresh'], '');
});

test('logging out where nobody was asks and stores nothing', async () => {
  assert.equal(await createSession('k', store).forget(), false);
  assert.equal(calls.length, 0);
  assert.deepEqual(store.names(''), []);
});

test('another identity takes over nothing that was stored', async () => {
  const session = createSession('k', store);
  await session.open();
  store.set('draft', 'secret');
  assert.equal(await session.goOn(visitOf('v')), false);
  assert.equal(store.get('draft'), 'secret');
  assert.equal(await session.goOn(visitOf('w')), true);
  assert.deepEqual(store.names(''), ['refresh']);
  assert.equal((await session.open()).visitorId, 'w');
});
