import assert from 'node:assert/strict';
import { test } from 'node:test';
import { me as meSchema, sessions as sessionsSchema } from '#protocol/auth.ts';
import { consoleHttp } from '../../test/console-http.ts';
import { testDatabase } from '../../test/database.ts';
import { PASSWORD } from '../../test/members.ts';
import { authRoutes } from './http.ts';
import { prepareSetup } from './prepare-setup.ts';

const cookiesOf = (headers: Record<string, unknown>): string =>
  [(headers['set-cookie'] ?? []) as string | string[]]
    .flat()
    .map((line) => line.split(';')[0])
    .join('; ');

test('from the setup to the end of the session, as a browser goes', async () => {
  await using it = await testDatabase();
  await using http = consoleHttp(it.context, authRoutes(it.context));
  const token = await prepareSetup(it.context);
  const account = { name: 'shop', title: 'Shop', language: 'en', domain: 'localhost' };
  const body = { token, name: 'Ann', email: 'ann@example.com', password: PASSWORD, account };
  assert.deepEqual((await http.ask('GET', '/v1/setup')).body, { needed: true });
  assert.equal((await http.ask('GET', '/v1/session')).status, 401);
  assert.equal((await http.ask('POST', '/v1/setup', { body: { ...body, password: 'short' } })).status, 400);

  const made = await http.ask('POST', '/v1/setup', { body });
  assert.equal(made.status, 201);
  const me = meSchema.parse(made.body);
  assert.equal((await http.ask('POST', '/v1/setup', { body })).status, 409);
  assert.deepEqual((await http.ask('GET', '/v1/setup')).body, { needed: false });
  const first = { cookie: cookiesOf(made.headers) };
  assert.deepEqual((await http.ask('GET', '/v1/session', { headers: first })).body, me);

  const signedIn = await http.ask('POST', '/v1/session', {
    body: { account: 'shop', handle: 'ann', password: PASSWORD },
  });
  assert.deepEqual([signedIn.status, signedIn.body], [200, me]);
  const second = { cookie: cookiesOf(signedIn.headers) };
  const { sessions } = sessionsSchema.parse(
    (await http.ask('GET', '/v1/person/sessions', { headers: second })).body,
  );
  assert.equal(sessions.length, 2);

  const current = PASSWORD;
  const wrong = await http.ask('POST', '/v1/person/password', {
    headers: second,
    body: { current: 'x', next: 'y'.repeat(10) },
  });
  assert.equal(wrong.status, 401);
  const changed = await http.ask('POST', '/v1/person/password', {
    headers: second,
    body: { current, next: 'y'.repeat(10) },
  });
  assert.deepEqual([changed.status, changed.body], [204, undefined]);
  assert.equal((await http.ask('GET', '/v1/session', { headers: first })).status, 401);

  const out = await http.ask('DELETE', '/v1/session', { headers: second });
  assert.equal(out.status, 204);
  assert.match(String(out.headers['set-cookie']), /^foyer_session=; Max-Age=0/);
  assert.equal((await http.ask('GET', '/v1/session', { headers: second })).status, 401);
});

test('C2: the current password cannot be guessed from an open session', async () => {
  await using it = await testDatabase();
  await using http = consoleHttp(it.context, authRoutes(it.context));
  const account = { name: 'shop', title: 'Shop', language: 'en', domain: 'localhost' };
  const body = {
    token: await prepareSetup(it.context),
    name: 'Ann',
    email: 'ann@example.com',
    password: PASSWORD,
    account,
  };
  const headers = { cookie: cookiesOf((await http.ask('POST', '/v1/setup', { body })).headers) };
  const guess = (current: string) =>
    http.ask('POST', '/v1/person/password', { headers, body: { current, next: 'y'.repeat(10) } });
  for (let tries = 0; tries < 10; tries += 1) assert.equal((await guess(`guess ${tries}`)).status, 401);
  assert.equal((await guess(PASSWORD)).status, 429);
});
