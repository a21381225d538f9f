import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { SignIn } from '#protocol/auth.ts';
import { closeCodes } from '#protocol/session.ts';
import { testServer, type TestServer } from '../../test/database.ts';
import { makeAccount, PASSWORD } from '../../test/factories.ts';
import { requestOf } from '../../test/members.ts';
import { inParallel } from '../../test/samples.ts';
import { call, Line, speakerOf, type Answer, type Speaker } from '../../test/speakers.ts';
import { createSignIn } from './sign-in.ts';

/** `FOYER_RUNS=10000`: as many guesses; a twentieth of it as samples of each kind. */
const runs = Number(process.env['FOYER_RUNS'] ?? 400);
const samples = Math.max(30, runs / 20);

let server: TestServer;
let owner: Speaker;
let email: string;

before(async () => {
  server = await testServer({ FOYER_TRUSTED_PROXIES: '127.0.0.1' });
  owner = await speakerOf(server.context, (await makeAccount(server.context)).administrator);
  email = `${owner.hello.operatorId}@example.com`;
});
after(() => server[Symbol.asyncDispose]());

/** What the proxy on this machine sends on: `came` is what it was sent, `from` is what it saw. */
const signIn = (body: object, came: string, from: string, cookie = ''): Promise<Answer> =>
  call(server, 'console', 'POST', '/v1/session', {
    headers: { origin: server.url.console, 'x-forwarded-for': `${came}, ${from}`, cookie },
    body,
  });

/** How many of so many guesses were looked at; the rest is told to wait. */
async function lookedAt(guess: (number: number) => Promise<Answer>): Promise<number> {
  let count = 0;
  await inParallel(
    Array.from({ length: runs }, (_, number) => number),
    async (number) => {
      const { status, headers, text } = await guess(number);
      assert.ok([401, 429].includes(status), text);
      if (status === 401) count += 1;
      else assert.ok(Number(headers.get('retry-after')) >= 1);
    },
  );
  return count;
}

test('C2: of all guesses for one person, from anywhere, ten are looked at, and the owner still signs in', async () => {
  const known = await signIn({ email, password: PASSWORD }, '', '192.0.2.1');
  const device = known.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ');
  const since = performance.now();
  const count = await lookedAt((number) =>
    signIn(
      { email, password: `guess ${number}` },
      '',
      `10.${number >> 16}.${(number >> 8) & 255}.${number & 255}`,
    ),
  );
  // Ten at once, and one more in each minute and a half.
  const most = 10 + Math.ceil((performance.now() - since) / 90_000);
  assert.ok(count >= 10 && count <= most, `${count} were looked at`);
  assert.equal((await signIn({ email, password: PASSWORD }, '', '192.0.2.2')).status, 429);
  assert.equal((await signIn({ email, password: PASSWORD }, '', '192.0.2.2', device)).status, 200);
});

test('C2: one address stays one address, whatever a thousand others it claims to be', async () => {
  const since = performance.now();
  const count = await lookedAt((number) =>
    signIn(
      { email: `p${number}@example.com`, password: 'x' },
      `198.51.${number >> 8}.${number & 255}`,
      '203.0.113.7',
    ),
  );
  const most = 20 + Math.ceil((performance.now() - since) / 3000);
  assert.ok(count >= 20 && count <= most, `${count} were looked at`);
});

test('C1: the time of a refusal does not tell who exists', async (t) => {
  const hit: SignIn = { email, password: 'not the password' };
  const miss: SignIn = { email: 'nobody@example.com', password: 'not the password' };
  const times: Record<'hit' | 'miss', number[]> = { hit: [], miss: [] };
  const refused = async (input: SignIn): Promise<number> => {
    const trying = createSignIn(server.context);
    const since = performance.now();
    await assert.rejects(trying(input, requestOf()), { code: 'wrong_credentials' });
    return performance.now() - since;
  };
  for (let number = 0; number < 5; number += 1) await refused(number % 2 ? hit : miss);
  for (let number = 0; number < samples; number += 1) {
    // In turn, and in turn which is first: what the machine does meanwhile strikes both.
    for (const kind of number % 2 ? (['hit', 'miss'] as const) : (['miss', 'hit'] as const))
      times[kind].push(await refused(kind === 'hit' ? hit : miss));
  }
  const p = mannWhitney(times.hit, times.miss);
  t.diagnostic(`p = ${p.toFixed(3)} of ${samples} each`);
  assert.ok(p > 0.0001, `p = ${p}`);
});

/** Two-sided p of the Mann-Whitney U test, by its normal approximation: were both drawn from the same times? */
function mannWhitney(a: number[], b: number[]): number {
  const won = (one: number, other: number): number => (Math.sign(one - other) + 1) / 2;
  const wins = a.reduce((sum, one) => sum + b.reduce((more, other) => more + won(one, other), 0), 0);
  const [mean, deviation] = [
    (a.length * b.length) / 2,
    Math.sqrt((a.length * b.length * (a.length + b.length + 1)) / 12),
  ];
  return 2 * (1 - normal(Math.abs(wins - mean) / deviation));
}

/** Distribution function of the standard normal distribution (Abramowitz and Stegun 26.2.17). */
function normal(z: number): number {
  const t = 1 / (1 + 0.2316419 * z);
  const tail =
    t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return 1 - (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * tail;
}

test('C1: the test of times tells a difference of a tenth', () => {
  const times = (factor: number) => Array.from({ length: 30 }, (_, index) => (20 + (index % 7) / 2) * factor);
  assert.ok(mannWhitney(times(1), times(1)) > 0.9);
  assert.ok(mannWhitney(times(1), times(1.1)) < 0.01);
});

test('C5: signing in makes a new session, whatever cookie was planted before', async () => {
  const planted = 'foyer_session=planted.by-somebody-else';
  const account = await makeAccount(server.context);
  const person = { email: `${account.administrator.operatorId}@example.com`, password: PASSWORD };
  const [one, two] = [
    await signIn(person, '', '192.0.2.3', planted),
    await signIn(person, '', '192.0.2.3', planted),
  ];
  const [first, second] = [one, two].map(({ headers }) => headers.getSetCookie()[0]?.split(';')[0] ?? '');
  assert.ok(first !== second && !first?.includes('planted'));
  const asked = (cookie: string) => call(server, 'console', 'GET', '/v1/session', { headers: { cookie } });
  assert.deepEqual([(await asked(planted)).status, (await asked(first!)).status], [401, 200]);
});

test('C5, B6: a new password ends the other sessions and their open lines at once', async () => {
  const account = await makeAccount(server.context);
  const [mine, stolen] = [
    await speakerOf(server.context, account.administrator),
    await speakerOf(server.context, account.administrator),
  ];
  const [kept, line] = [await Line.open(server, mine), await Line.open(server, stolen)];
  const body = { current: PASSWORD, next: 'another long password' };
  const changed = await call(server, 'console', 'POST', '/v1/person/password', {
    headers: mine.headers,
    body,
  });
  assert.equal(changed.status, 204, changed.text);
  assert.equal((await line.closed).code, closeCodes.signIn);
  const asked = (speaker: Speaker) =>
    call(server, 'console', 'GET', '/v1/account', { headers: speaker.headers });
  assert.deepEqual([(await asked(stolen)).status, (await asked(mine)).status], [401, 200]);
  assert.equal((await kept.command({ type: 'status.set', status: 'away' })).type, 'done');
  await kept.close();
});
