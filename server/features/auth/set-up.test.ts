import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cookieOf, countRows, PASSWORD, requestOf } from '../../test/members.ts';
import { testDatabase } from '../../test/database.ts';
import type { Refusal } from '../../core/errors.ts';
import type { Context } from '../../context.ts';
import { prepareSetup } from './prepare-setup.ts';
import { setUp, setupNeeded } from './set-up.ts';

const input = (token: string) => ({
  token,
  name: 'Zoë van Dijk',
  email: 'Zoe@Example.com',
  password: PASSWORD,
  account: { name: 'shop', title: 'The Shop', language: 'en', domain: 'https://www.Shop.example:8443/path' },
});
const tables = [
  'persons',
  'person_credentials',
  'person_sessions',
  'accounts',
  'account_streams',
  'operators',
  'chatboxes',
  'domains',
];
const counts = (context: Context) => Promise.all(tables.map((table) => countRows(context, table)));

async function token(context: Context): Promise<string> {
  const made = await prepareSetup(context);
  assert.ok(made);
  return made;
}

test('F1: the setup makes the first administrator with everything that belongs to it, and signs it in', async () => {
  await using it = await testDatabase();
  const { context } = it;
  assert.equal(await setupNeeded(context), true);
  const opened = await setUp(context, input(await token(context)), requestOf());
  const { person, memberships } = opened.me;
  assert.deepEqual(
    { ...person, id: '' },
    {
      id: '',
      name: 'Zoë van Dijk',
      email: 'zoe@example.com',
      emailVerified: false,
      platformAdministrator: true,
    },
  );
  assert.deepEqual(
    memberships.map(({ handle, name, role, account }) => ({
      handle,
      name,
      role,
      account: { ...account, id: '' },
    })),
    [
      {
        handle: 'zoe.van.dijk',
        name: 'Zoë van Dijk',
        role: 'administrator',
        account: { id: '', name: 'shop', title: 'The Shop' },
      },
    ],
  );
  assert.deepEqual(
    await counts(context),
    tables.map(() => 1),
  );
  assert.equal(
    (await context.db.unscoped.query('select host from domains')).rows[0].host,
    'www.shop.example',
  );
  assert.match(
    (await context.db.unscoped.query('select key from chatboxes')).rows[0].key,
    /^[A-Za-z0-9]{22}$/,
  );
  const session = await context.auth.sessionOf(new Headers({ cookie: cookieOf(opened) }));
  assert.equal(session?.personId, person.id);
  assert.equal(session?.platformAdministrator, true);
  assert.equal(await setupNeeded(context), false);
});

test('F1: of several setups at once with the same token exactly one wins, and nothing of the others stays', async () => {
  await using it = await testDatabase();
  const { context } = it;
  const good = await token(context);
  const tries = Array.from({ length: 6 }, (_, index) =>
    setUp(context, { ...input(good), email: `p${index}@example.com` }, requestOf()),
  );
  const results = await Promise.allSettled(tries);
  const refused = results.flatMap((result) => (result.status === 'rejected' ? [result.reason.code] : []));
  assert.deepEqual(
    refused,
    Array.from({ length: 5 }, () => 'setup_done'),
  );
  assert.deepEqual(
    await counts(context),
    tables.map(() => 1),
  );
});

test('F1: a wrong, an older or a spent token is refused', async () => {
  await using it = await testDatabase();
  const { context } = it;
  await assert.rejects(setUp(context, input('x'.repeat(32)), requestOf()), { code: 'not_allowed' });
  const older = await token(context);
  const newest = await token(context);
  await assert.rejects(setUp(context, input(older), requestOf()), { code: 'not_allowed' });
  await assert.rejects(setUp(context, input(`${newest}x`), requestOf()), { code: 'not_allowed' });
  assert.equal(await countRows(context, 'persons'), 0);
  await setUp(context, input(newest), requestOf());
  await assert.rejects(setUp(context, input(newest), requestOf()), { code: 'setup_done' });
  assert.equal(
    (await context.db.unscoped.query('select setup_token_hash from installation')).rows[0].setup_token_hash,
    null,
  );
  assert.equal(await prepareSetup(context), undefined);
});

test('a setup that fails leaves nothing, and its token stays good', async () => {
  await using it = await testDatabase();
  const { context } = it;
  const good = await token(context);
  const withAccount = (change: object) => ({
    ...input(good),
    account: { ...input(good).account, ...change },
  });
  const refused = (error: Refusal) =>
    error.code === 'invalid' && error.fields?.['account.domain'] !== undefined;
  await assert.rejects(setUp(context, withAccount({ domain: 'not a site' }), requestOf()), refused);
  // The person is stored by then; the database refuses this title of the account.
  await assert.rejects(setUp(context, withAccount({ title: 'nul \u0000' }), requestOf()), /0x00/);
  assert.deepEqual(
    await counts(context),
    tables.map(() => 0),
  );
  await setUp(context, input(good), requestOf());
});
