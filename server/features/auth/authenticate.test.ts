import assert from 'node:assert/strict';
import { test } from 'node:test';
import { consoleHttp } from '../../test/console-http.ts';
import { testDatabase } from '../../test/database.ts';
import { signInAs, testAccount, testMember } from '../../test/members.ts';
import type { Context } from '../../context.ts';
import { accountRoutes } from '../accounts/http.ts';
import { membershipsOf } from '../operators/memberships.ts';
import { joinAccount } from '../operators/join-account.ts';
import { operatorRoutes } from '../operators/http.ts';
import { authenticateConsole, operatorOf } from './authenticate.ts';
import { authRoutes } from './http.ts';

async function twoAccounts(context: Context) {
  const [shop, bank] = await Promise.all([testAccount(context, 'shop'), testAccount(context, 'bank')]);
  const ann = await testMember(context, shop, 'administrator', 'ann');
  const bob = await testMember(context, shop, 'normal', 'bob');
  const eve = await testMember(context, bank, 'administrator', 'eve');
  return { shop, bank, ann, bob, eve };
}

const as = (cookie: string, operatorId: string) => new Headers({ cookie, 'foyer-operator': operatorId });

test('B1: an operator is a membership of the person who is signed in, and of nobody else', async () => {
  await using it = await testDatabase();
  const { context } = it;
  const { shop, ann, bob, eve } = await twoAccounts(context);
  const { operator, administrator, person } = authenticateConsole(context);
  assert.equal((await person(ann.headers)).personId, ann.actor.personId);
  assert.deepEqual(await operator(ann.headers), {
    kind: 'operator',
    accountId: shop,
    operatorId: ann.me.memberships[0]?.operatorId,
    personId: ann.me.person.id,
    sessionId: ann.actor.sessionId,
    signedInAt: ann.actor.signedInAt,
    role: 'administrator',
    name: 'ann',
  });
  assert.equal((await administrator(ann.headers)).accountId, shop);
  await assert.rejects(administrator(bob.headers), { code: 'not_allowed' });

  const foreign = [
    bob.actor.operatorId,
    eve.actor.operatorId,
    crypto.randomUUID(),
    '',
    'x',
    `${ann.actor.operatorId}'`,
  ];
  for (const operatorId of foreign) {
    await assert.rejects(operator(as(ann.cookie, operatorId)), { code: 'not_allowed' }, operatorId);
    await assert.rejects(
      operatorOf(context, as(ann.cookie, ''), operatorId),
      { code: 'not_allowed' },
      operatorId,
    );
  }
  for (const ask of [person, operator, administrator]) {
    await assert.rejects(ask(as('', ann.actor.operatorId)), { code: 'not_signed_in' });
  }
});

test('B1: a person who works for two accounts is one operator in each, and sees just these', async () => {
  await using it = await testDatabase();
  const { context } = it;
  const { shop, bank, ann, eve } = await twoAccounts(context);
  const member = {
    personId: ann.actor.personId,
    handle: 'ann',
    name: 'Ann of the bank',
    role: 'normal',
  } as const;
  const { operator } = await context.db.inAccount(bank, async (tx) => joinAccount(tx, bank, member));
  const memberships = await membershipsOf(context.db, ann.actor.personId);
  assert.deepEqual(
    memberships.map(({ account, role }) => [account.id, role]),
    [
      [bank, 'normal'],
      [shop, 'administrator'],
    ],
  );
  const again = await signInAs(context, ann.email);
  const inBank = await operatorOf(context, again.headers, operator.id);
  assert.deepEqual([inBank.accountId, inBank.role, inBank.name], [bank, 'normal', 'Ann of the bank']);
  await assert.rejects(authenticateConsole(context).administrator(as(again.cookie, operator.id)), {
    code: 'not_allowed',
  });
  assert.deepEqual(
    (await membershipsOf(context.db, eve.actor.personId)).map(({ account }) => account.id),
    [bank],
  );
});

test('B2: row-level security shows a person only its own memberships, whatever the statement asks for', async () => {
  await using it = await testDatabase();
  const { db } = it.context;
  const { shop, ann, eve } = await twoAccounts(it.context);
  const seen = await db.asPerson(ann.actor.personId, async (tx) => ({
    operators: await tx.selectFrom('operators').select(['operator_id', 'account_id']).execute(),
    accounts: await tx.selectFrom('accounts').select('account_id').execute(),
    domains: await tx.selectFrom('domains').select('host').execute(),
    boxes: await tx.selectFrom('chatboxes').select('key').execute(),
    changed: (await tx.updateTable('operators').set({ role: 'administrator' }).executeTakeFirst())
      .numUpdatedRows,
  }));
  const own = { operator_id: ann.actor.operatorId, account_id: shop };
  assert.deepEqual(seen, {
    operators: [own],
    accounts: [{ account_id: shop }],
    domains: [],
    boxes: [],
    changed: 0n,
  });
  assert.deepEqual(await db.persons.selectFrom('operators').select('operator_id').execute(), []);
  const inShop = await db.inAccount(shop, (tx) => tx.selectFrom('operators').select('operator_id').execute());
  assert.ok(inShop.length === 2 && inShop.every(({ operator_id }) => operator_id !== eve.actor.operatorId));
});

test('B5: every route refuses everybody below what it declares', async () => {
  await using it = await testDatabase();
  const { context } = it;
  const { ann, bob, eve } = await twoAccounts(context);
  const routes = [...authRoutes(context), ...accountRoutes(context), ...operatorRoutes(context)];
  await using http = consoleHttp(context, routes);
  const foreign = as(eve.cookie, ann.actor.operatorId);
  const below = {
    public: [],
    visitor: [],
    person: [[new Headers(), 401]],
    operator: [
      [new Headers(), 401],
      [new Headers({ cookie: ann.cookie }), 403],
      [foreign, 403],
    ],
    administrator: [
      [new Headers(), 401],
      [new Headers({ cookie: ann.cookie }), 403],
      [foreign, 403],
      [bob.headers, 403],
    ],
  } as const;
  let cells = 0;
  for (const { method, path, who } of routes) {
    const url = path.replace(':sessionId', ann.actor.sessionId).replace(':host', 'www.example.com');
    for (const [headers, status] of below[who]) {
      const answer = await http.ask(method, url, { headers, ...(method !== 'GET' && { body: {} }) });
      assert.equal(answer.status, status, `${method} ${path}`);
      cells += 1;
    }
    if (method === 'GET') continue;
    for (const origin of ['https://evil.example', 'null']) {
      const answer = await http.ask(method, url, {
        headers: { ...Object.fromEntries(ann.headers), origin },
        body: {},
      });
      assert.deepEqual(
        [answer.status, (answer.body as { code: string }).code],
        [403, 'wrong_origin'],
        `${method} ${path}`,
      );
    }
  }
  assert.ok(cells >= 20, `only ${cells} were asked`);
  assert.equal((await http.ask('GET', '/v1/account', { headers: bob.headers })).status, 200);
});
