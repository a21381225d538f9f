import assert from 'node:assert/strict';
import { test } from 'node:test';
import pg from 'pg';
import type { SignIn } from '#protocol/auth.ts';
import { Refusal } from '../../core/errors.ts';
import { testDatabase } from '../../test/database.ts';
import { cookieOf, PASSWORD, requestOf, testAccount, testMember } from '../../test/members.ts';
import type { Context } from '../../context.ts';
import { createSignIn } from './sign-in.ts';

type Signer = ReturnType<typeof createSignIn>;

/** What a client can see of a refused sign-in. */
async function refusal(signIn: Signer, input: SignIn, ip = '192.0.2.1', cookie = ''): Promise<object> {
  const error: unknown = await signIn(input, requestOf({ cookie }, ip)).then(
    () => assert.fail('it was let in'),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof Refusal);
  const { code, message, fields } = error;
  return { code, message, fields };
}

async function twoPeople(context: Context) {
  const accountId = await testAccount(context, 'shop');
  const ann = await testMember(context, accountId, 'administrator', 'ann');
  const bob = await testMember(context, accountId, 'normal', 'bob');
  return { ann, bob, signIn: createSignIn(context) };
}

test('both ways of signing in open a session of the same person', async () => {
  await using it = await testDatabase();
  const { ann, signIn } = await twoPeople(it.context);
  const byEmail = await signIn(
    { email: ann.email.toUpperCase(), password: PASSWORD },
    requestOf({ 'user-agent': 'Test/1' }),
  );
  const byHandle = await signIn({ account: 'shop', handle: 'ann', password: PASSWORD }, requestOf());
  assert.deepEqual(byEmail.me, byHandle.me);
  assert.equal(byEmail.me.person.id, ann.actor.personId);
  const sessions = await Promise.all(
    [byEmail, byHandle].map((opened) => it.context.auth.sessionOf(new Headers({ cookie: cookieOf(opened) }))),
  );
  assert.deepEqual(
    sessions.map((session) => session?.personId),
    [ann.actor.personId, ann.actor.personId],
  );
  assert.notEqual(sessions[0]?.sessionId, sessions[1]?.sessionId);
  const days = ((sessions[0]?.sessionExpiresAt.getTime() ?? 0) - Date.now()) / 86_400_000;
  assert.ok(days > 29.9 && days <= 30, `${days} days`);
  const { rows } = await it.context.db.unscoped.query(
    `select ip_address, user_agent from person_sessions where user_agent <> ''`,
  );
  assert.deepEqual(rows, [{ ip_address: '192.0.2.1', user_agent: 'Test/1' }]);
});

test('C7: cookies cannot be read by scripts; over https they belong to exactly our host', async () => {
  const attributes = {
    plain: 'Path=/; HttpOnly; SameSite=Lax',
    https: 'Path=/; HttpOnly; Secure; SameSite=Lax',
  };
  for (const [env, prefix, session] of [
    [{}, '', attributes.plain],
    [{ FOYER_CONSOLE_URL: 'https://console.example' }, '__Host-', attributes.https],
  ] as const) {
    await using it = await testDatabase(env);
    const { ann, signIn } = await twoPeople(it.context);
    const { lines } = await signIn({ email: ann.email, password: PASSWORD }, requestOf());
    const [one = '', two = '', ...more] = lines.map(([, line]) => line);
    assert.deepEqual(more, []);
    assert.match(one, new RegExp(`^${prefix}foyer_session=[^;]+; Max-Age=2592000; ${session}$`));
    assert.match(
      two,
      new RegExp(
        `^${prefix}foyer_device=[^;]+; Max-Age=34560000; Path=/; HttpOnly; SameSite=Lax${prefix && '; Secure'}$`,
      ),
    );
    assert.equal(
      (await it.context.auth.sessionOf(new Headers({ cookie: cookieOf({ lines }) })))?.personId,
      ann.actor.personId,
    );
    assert.ok(it.context.auth.forget()[0]?.[1].startsWith(`${prefix}foyer_session=; Max-Age=0; Path=/;`));
  }
});

test('C1: who does not exist and who mistyped get the same answer after the same work', async (t) => {
  await using it = await testDatabase();
  const { ann } = await twoPeople(it.context);
  const password = 'not the password';
  const ways = {
    email: { miss: { email: 'nobody@example.com', password }, wrong: { email: ann.email, password } },
    handle: {
      miss: { account: 'shop', handle: 'nobody', password },
      wrong: { account: 'shop', handle: 'ann', password },
    },
    account: {
      miss: { account: 'nowhere', handle: 'ann', password },
      wrong: { account: 'shop', handle: 'ann', password },
    },
  };
  const statements = t.mock.method(pg.Client.prototype, 'query').mock;
  const time = async (input: SignIn) => {
    const before = statements.callCount();
    const start = performance.now();
    const said = await refusal(createSignIn(it.context), input);
    return { said, statements: statements.callCount() - before, ms: performance.now() - start };
  };
  for (const [way, { miss, wrong }] of Object.entries(ways)) {
    await time(miss);
    const misses: Awaited<ReturnType<typeof time>>[] = [];
    const wrongs: typeof misses = [];
    for (let round = 0; round < 7; round += 1) {
      misses.push(await time(miss));
      wrongs.push(await time(wrong));
    }
    for (const one of [...misses, ...wrongs]) {
      assert.equal(Object.entries(one.said)[0]?.[1], 'wrong_credentials');
      assert.deepEqual([one.said, one.statements], [wrongs[0]?.said, wrongs[0]?.statements], way);
    }
    // Without the password's hash in both, one would take a twentieth of the other; the machine may be busy.
    const [a = 0, b = 1] = [misses, wrongs].map(
      (list) => list.map(({ ms }) => ms).sort((x, y) => x - y)[3] ?? 0,
    );
    assert.ok(a / b > 0.25 && a / b < 4, `${way}: ${a} ms and ${b} ms`);
  }
});

test('C2: guesses are bounded per identity wherever they come from, and the owner still gets in from a known device', async () => {
  await using it = await testDatabase();
  const { ann, bob, signIn } = await twoPeople(it.context);
  for (const guessed of [{ email: ann.email }, { email: 'nobody@example.com' }]) {
    const codes: unknown[] = [];
    for (let guess = 0; guess < 13; guess += 1) {
      const said = await refusal(signIn, { ...guessed, password: `guess ${guess}` }, `198.51.100.${guess}`);
      codes.push('code' in said && said.code);
    }
    const expected = [
      ...Array.from({ length: 10 }, () => 'wrong_credentials'),
      ...Array.from({ length: 3 }, () => 'rate_limited'),
    ];
    assert.deepEqual(codes, expected);
  }
  const right = { email: ann.email, password: PASSWORD };
  const limited = async (cookie: string) => {
    const said = await refusal(signIn, right, '203.0.113.1', cookie);
    assert.equal('code' in said && said.code, 'rate_limited');
  };
  await limited('');
  await limited(bob.cookie);
  const device = /foyer_device=[^;]+/.exec(ann.cookie)?.[0] ?? '';
  await limited(`${device}x`);
  await limited(device.replace(ann.actor.personId, bob.actor.personId));
  const opened = await signIn(right, requestOf({ cookie: device }, '198.51.100.1'));
  assert.equal(opened.me.person.id, ann.actor.personId);
  const other = await signIn(
    { account: 'shop', handle: 'ann', password: PASSWORD },
    requestOf({ cookie: device }, '198.51.100.1'),
  );
  assert.equal(other.me.person.id, ann.actor.personId);
});

test('C2: a known device has its own limit', async () => {
  await using it = await testDatabase();
  const { ann, signIn } = await twoPeople(it.context);
  for (let guess = 0; guess < 10; guess += 1)
    await refusal(signIn, { email: ann.email, password: 'x' }, '192.0.2.7', ann.cookie);
  const said = await refusal(signIn, { email: ann.email, password: PASSWORD }, '192.0.2.7', ann.cookie);
  assert.equal('code' in said && said.code, 'rate_limited');
});

test('C2: one address tries at most twenty times a minute, whomever it tries', async () => {
  await using it = await testDatabase();
  const signIn = createSignIn(it.context);
  const guesses = Array.from({ length: 22 }, (_, guess) =>
    refusal(signIn, { email: `p${guess}@example.com`, password: 'x' }, `2001:db8:1:2::${guess}`),
  );
  const codes = (await Promise.all(guesses)).map((said) => 'code' in said && said.code);
  assert.equal(codes.filter((code) => code === 'wrong_credentials').length, 20);
  assert.deepEqual(codes.slice(20), ['rate_limited', 'rate_limited']);
});
