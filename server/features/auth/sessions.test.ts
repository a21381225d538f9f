import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { Database } from '../../core/database/database.ts';
import { refusalFrom } from '../../core/errors.ts';
import { topics } from '../../core/realtime/topics.ts';
import { testDatabase } from '../../test/database.ts';
import { PASSWORD, requestOf, signInAs, testAccount, testMember, type Member } from '../../test/members.ts';
import type { Context } from '../../context.ts';
import { createAuth } from './auth.ts';
import { changePassword } from './change-password.ts';
import { endSession } from './end-session.ts';
import { listSessions } from './list-sessions.ts';
import { openSession } from './sign-in.ts';
import { signOut } from './sign-out.ts';

const NEXT = 'another password for tests';

/** Topics whose lines were told that they have ended. */
function endedTopics(t: TestContext, { hub }: Context): () => string[] {
  const publish = t.mock.method(hub, 'publish').mock;
  return () =>
    publish.calls.flatMap(({ arguments: [{ topic, event }] }) => (event.type === 'ended' ? [topic] : []));
}

async function personOf({ auth }: Context, { cookie }: Member) {
  const person = await auth.sessionOf(new Headers({ cookie }));
  assert.ok(person);
  return person;
}

async function threeSessions(context: Context) {
  const accountId = await testAccount(context, 'shop');
  const first = await testMember(context, accountId, 'normal', 'ann');
  const second = await signInAs(context, first.email);
  const stranger = await testMember(context, accountId, 'normal', 'bob');
  return { first, second, stranger };
}

const alive = async ({ auth }: Context, ...members: Member[]) =>
  (await Promise.all(members.map(({ cookie }) => auth.sessionOf(new Headers({ cookie }))))).map(
    (person) => person !== undefined,
  );

test('C5: signing out kills the session and its lines at once', async (t) => {
  await using it = await testDatabase();
  const { first, second } = await threeSessions(it.context);
  const ended = endedTopics(t, it.context);
  const lines = await signOut(it.context, await personOf(it.context, first));
  assert.match(lines[0]?.[1] ?? '', /^foyer_session=; Max-Age=0;/);
  assert.deepEqual(await alive(it.context, first, second), [false, true]);
  assert.deepEqual(ended(), [topics.session(first.actor.sessionId)]);
});

test('B3: a person sees its own sessions and ends one of them; those of others do not exist for it', async (t) => {
  await using it = await testDatabase();
  const { first, second, stranger } = await threeSessions(it.context);
  const person = await personOf(it.context, first);
  const { sessions } = await listSessions(it.context, person);
  assert.deepEqual(
    new Map(sessions.map(({ id, current }) => [id, current])),
    new Map([
      [second.actor.sessionId, false],
      [first.actor.sessionId, true],
    ]),
  );
  const ended = endedTopics(t, it.context);
  await assert.rejects(endSession(it.context, person, stranger.actor.sessionId), { code: 'not_found' });
  assert.deepEqual(ended(), []);
  await endSession(it.context, person, second.actor.sessionId);
  assert.deepEqual(ended(), [topics.session(second.actor.sessionId)]);
  assert.deepEqual(await alive(it.context, first, second, stranger), [true, false, true]);
});

test('C5: a new password ends every other session, and only the new one signs in', async (t) => {
  await using it = await testDatabase();
  const { context } = it;
  const { first, second, stranger } = await threeSessions(context);
  const person = await personOf(context, first);
  const ended = endedTopics(t, context);
  await assert.rejects(changePassword(context, person, { current: 'wrong', next: NEXT }), {
    code: 'wrong_credentials',
  });
  assert.deepEqual(await alive(context, first, second), [true, true]);
  await changePassword(context, person, { current: PASSWORD, next: NEXT });
  assert.deepEqual(await alive(context, first, second, stranger), [true, false, true]);
  assert.deepEqual(ended(), [topics.session(second.actor.sessionId)]);
  assert.equal(
    await openSession(context, { email: first.email, password: PASSWORD }, requestOf()),
    undefined,
  );
  assert.ok(await openSession(context, { email: first.email, password: NEXT }, requestOf()));
});

test('of two password changes at once one wins', async () => {
  await using it = await testDatabase();
  const { first, second } = await threeSessions(it.context);
  const [one, two] = await Promise.all([first, second].map((member) => personOf(it.context, member)));
  assert.ok(one && two);
  const results = await Promise.allSettled([
    changePassword(it.context, one, { current: PASSWORD, next: NEXT }),
    changePassword(it.context, two, { current: PASSWORD, next: `${NEXT} 2` }),
  ]);
  assert.deepEqual(results.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
});

test('C5: a forged or expired session is nobody', async () => {
  await using it = await testDatabase();
  const { context } = it;
  const { first, second } = await threeSessions(context);
  const session = (cookie: string) => context.auth.sessionOf(new Headers({ cookie }));
  assert.equal(await session(''), undefined);
  assert.equal(await session(first.cookie.replace(/foyer_session=./, 'foyer_session=_')), undefined);
  const token = /foyer_session=([^.]+)/.exec(first.cookie)?.[1] ?? '';
  assert.equal(await session(`foyer_session=${token}`), undefined);
  await context.db.unscoped.query(
    `update person_sessions set expires_at = now() - interval '1 second' where id = $1`,
    [first.actor.sessionId],
  );
  assert.deepEqual(await alive(context, first, second), [false, true]);
});

test('a session in use is prolonged, at most once an hour', async () => {
  await using it = await testDatabase();
  const { auth, db } = it.context;
  const { first } = await threeSessions(it.context);
  const headers = new Headers({ cookie: first.cookie });
  assert.deepEqual(await auth.prolong(headers), []);
  await db.unscoped.query(`update person_sessions set expires_at = now() + interval '2 days' where id = $1`, [
    first.actor.sessionId,
  ]);
  const days = async () =>
    (((await auth.sessionOf(headers))?.sessionExpiresAt.getTime() ?? 0) - Date.now()) / 86_400_000;
  assert.ok((await days()) < 2, 'asking alone does not prolong');
  const [line, ...more] = await auth.prolong(headers);
  assert.deepEqual(more, []);
  assert.match(line?.[1] ?? '', /^foyer_session=[^;]+; Max-Age=2592000; /);
  assert.ok((await days()) > 29.9);
});

test('an outage of the database is an outage, not a missing session', async () => {
  await using it = await testDatabase();
  const { first } = await threeSessions(it.context);
  const { logger: log, config, key } = it.context;
  await using db = new Database({ host: '127.0.0.1', port: 1 }, log);
  const auth = createAuth({
    db,
    url: config.console.url,
    secret: key('session'),
    log: log.child({}, { level: 'silent' }),
  });
  const code = (thrown: unknown) => refusalFrom(thrown).refusal.code;
  await assert.rejects(auth.sessionOf(first.headers), (thrown) => code(thrown) === 'unavailable');
  const credentials = { email: first.email, password: PASSWORD };
  await assert.rejects(auth.signIn(credentials, requestOf()), (thrown) => code(thrown) === 'unavailable');
});
