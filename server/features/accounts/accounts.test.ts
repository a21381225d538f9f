import assert from 'node:assert/strict';
import { test } from 'node:test';
import { account as accountSchema, domains as domainsSchema } from '#protocol/accounts.ts';
import { topics } from '../../core/realtime/topics.ts';
import { consoleHttp } from '../../test/console-http.ts';
import { testDatabase } from '../../test/database.ts';
import { streamHead, testAccount, testMember } from '../../test/members.ts';
import { addDomain } from './add-domain.ts';
import { accountRoutes } from './http.ts';

test('the name of an account is taken once', async () => {
  await using it = await testDatabase();
  await testAccount(it.context, 'shop');
  await assert.rejects(testAccount(it.context, 'shop'), { code: 'conflict', message: /"shop" is taken/ });
});

test('a change of the account moves its change stream and reaches its operators', async (t) => {
  await using it = await testDatabase();
  const { context } = it;
  const shop = await testAccount(context, 'shop');
  const { headers } = await testMember(context, shop, 'administrator', 'ann');
  await using http = consoleHttp(context, accountRoutes(context));
  const seq = (await streamHead(context, shop)) + 1;
  const publish = t.mock.method(context.hub, 'publish').mock;
  const { body } = await http.ask('PATCH', '/v1/account', { headers, body: { title: 'New title' } });
  const account = accountSchema.parse(body);
  assert.deepEqual(
    { ...account, createdAt: '' },
    { id: shop, name: 'shop', title: 'New title', language: 'en', createdAt: '' },
  );
  const event = { type: 'changes', seq, conversations: [], operators: [], account };
  assert.deepEqual(publish.calls[0]?.arguments, [{ topic: topics.account(shop), seq, event }]);
  assert.deepEqual((await http.ask('GET', '/v1/account', { headers })).body, account);
  const { rows } = await context.db.unscoped.query(
    'select changed_seq, seq from accounts join account_streams using (account_id)',
  );
  assert.deepEqual(rows, [{ changed_seq: seq, seq }]);
});

test('domains are added once, listed and removed, each account its own', async () => {
  await using it = await testDatabase();
  const { context } = it;
  const [shop, bank] = await Promise.all([testAccount(context, 'shop'), testAccount(context, 'bank')]);
  const ann = await testMember(context, shop, 'administrator', 'ann');
  const eve = await testMember(context, bank, 'administrator', 'eve');
  await using http = consoleHttp(context, accountRoutes(context));
  const hosts = ({ body }: { body: unknown }) => domainsSchema.parse(body).domains.map(({ host }) => host);
  const add = (address: string) =>
    http.ask('POST', '/v1/account/domains', { headers: ann.headers, body: { address } });
  assert.deepEqual(hosts(await add('https://www.shop.example/')), ['www.shop.example']);
  assert.deepEqual(hosts(await add('WWW.SHOP.EXAMPLE')), ['www.shop.example']);
  assert.deepEqual(hosts(await add('localhost:3000')), ['www.shop.example', 'localhost']);
  const refused = await add('not a site');
  assert.deepEqual(
    [refused.status, Object.keys((refused.body as { fields: object }).fields)],
    [400, ['address']],
  );
  assert.deepEqual(hosts(await http.ask('GET', '/v1/account/domains', { headers: eve.headers })), []);
  const remove = (headers: Headers) => http.ask('DELETE', '/v1/account/domains/localhost', { headers });
  assert.equal((await remove(eve.headers)).status, 404);
  assert.equal((await remove(ann.headers)).status, 204);
  assert.equal((await remove(ann.headers)).status, 404);
  assert.deepEqual(hosts(await http.ask('GET', '/v1/account/domains', { headers: ann.headers })), [
    'www.shop.example',
  ]);
});

test('the limit of domains holds when many come at once, and an existing one is still fine', async () => {
  await using it = await testDatabase();
  const { db } = it.context;
  const shop = await testAccount(it.context, 'shop');
  const add = (index: number) => db.inAccount(shop, (tx) => addDomain(tx, shop, `h${index}.example`));
  await db.unscoped.query(
    `insert into domains (account_id, host, created_at) select $1, 'h' || i || '.example', now() from generate_series(1, 95) i`,
    [shop],
  );
  const results = await Promise.allSettled(Array.from({ length: 10 }, (_, index) => add(101 + index)));
  const refused = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
  assert.equal(refused.length, 5);
  assert.ok(
    refused.every(
      ({ code, message }) =>
        code === 'limit_reached' && /at most 100 domains, and this one has 100/.test(message),
    ),
  );
  assert.equal((await add(1)).length, 100);
});
