import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AddedOperator } from '#protocol/memberships.ts';
import { operators as operatorsSchema } from '#protocol/operators.ts';
import { topics } from '../../core/realtime/topics.ts';
import { consoleHttp } from '../../test/console-http.ts';
import { testDatabase } from '../../test/database.ts';
import { countRows, requestOf, streamHead, testAccount, testMember } from '../../test/members.ts';
import { openSession } from '../auth/sign-in.ts';
import { operatorRoutes } from './http.ts';

const bob = { email: 'Bob@Example.com', name: 'Bob', handle: 'bob', role: 'normal' };

test('an operator is added with the password given, or with one that is shown once, and can sign in', async (t) => {
  await using it = await testDatabase();
  const { context } = it;
  const shop = await testAccount(context, 'shop');
  const { headers } = await testMember(context, shop, 'administrator', 'ann');
  await using http = consoleHttp(context, operatorRoutes(context));
  const head = await streamHead(context, shop);
  const publish = t.mock.method(context.hub, 'publish').mock;
  const add = async (body: object) =>
    (await http.ask('POST', '/v1/operators', { headers, body })).body as Extract<
      AddedOperator,
      { operator: object }
    >;

  const made = await add(bob);
  assert.match(made.password ?? '', /^[\w-]{20}$/);
  const given = await add({ ...bob, email: 'eve@example.com', handle: 'eve', password: 'chosen by hand' });
  assert.equal(given.password, undefined);
  for (const [email, password] of [
    ['bob@example.com', made.password],
    ['eve@example.com', 'chosen by hand'],
  ] as const) {
    const opened = await openSession(context, { email, password: password ?? '' }, requestOf());
    assert.deepEqual(
      opened?.me.memberships.map(({ account, role }) => [account.id, role]),
      [[shop, 'normal']],
    );
    assert.equal(opened?.me.person.platformAdministrator, false);
  }
  assert.deepEqual(
    publish.calls.map((call) => call.arguments[0]),
    [made, given].map(({ operator }, index) => {
      const seq = head + 1 + index;
      return {
        topic: topics.account(shop),
        seq,
        event: { type: 'changes', seq, conversations: [], operators: [operator] },
      };
    }),
  );
  const { operators } = operatorsSchema.parse((await http.ask('GET', '/v1/operators', { headers })).body);
  assert.deepEqual(
    operators.map(({ handle }) => handle),
    ['ann', 'bob', 'eve'],
  );
  assert.deepEqual(operators.slice(1), [made.operator, given.operator]);
});

test('a handle that is taken is a conflict of that field, and leaves nothing behind', async () => {
  await using it = await testDatabase();
  const { context } = it;
  const [shop, bank] = await Promise.all([testAccount(context, 'shop'), testAccount(context, 'bank')]);
  const ann = await testMember(context, shop, 'administrator', 'ann');
  const eve = await testMember(context, bank, 'administrator', 'eve');
  await using http = consoleHttp(context, operatorRoutes(context));
  const heads = () => Promise.all([shop, bank].map((accountId) => streamHead(context, accountId)));
  const before = await heads();
  const add = async (change: object, headers = ann.headers) => {
    const { status, body } = await http.ask('POST', '/v1/operators', {
      headers,
      body: { ...bob, ...change },
    });
    return [status, Object.keys((body as { fields?: object }).fields ?? {})];
  };
  assert.deepEqual(await add({ handle: 'ann' }), [409, ['handle']]);
  assert.deepEqual(await add({ email: ann.email.toUpperCase() }), [409, ['email']], 'is an operator here');
  assert.equal(await countRows(context, 'persons'), 2);
  assert.deepEqual(await heads(), before);
  assert.deepEqual(await add({}), [201, []]);
  assert.deepEqual(
    await add({ email: 'another@example.com' }, eve.headers),
    [201, []],
    'a handle is taken inside its account only',
  );
  assert.deepEqual(await add({ password: 'short' }), [400, ['password']]);
});
