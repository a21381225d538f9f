import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Script } from 'node:vm';
import { testServer, type TestServer } from '../../test/database.ts';
import { makeAccount, type TestAccount } from '../../test/factories.ts';
import { call, type Answer } from '../../test/speakers.ts';
import { addDomain } from '../accounts/add-domain.ts';
import { listDomains } from '../accounts/list-domains.ts';

let server: TestServer;
let account: TestAccount;
let other: TestAccount;

/** What would end a script, a replacement or a line, were it not written as data. */
const hostile = `</script><!--<script>$&$\`$'$1\u2028\u2029"'\\${'{'}7*7}&amp;`;

before(async () => {
  server = await testServer();
  const { context } = server;
  [account, other] = [await makeAccount(context), await makeAccount(context)];
  const register = ({ accountId }: TestAccount, host: string) =>
    context.db.inAccount(accountId, (tx) => addDomain(tx, accountId, host));
  await register(account, 'shop.example');
  await register(account, 'xn--bcher-kva.example');
  await register(other, 'other.example');
  await context.db.unscoped.query(`update accounts set title = $2 where account_id = $1`, [
    account.accountId,
    hostile,
  ]);
  await context.db.unscoped.query(
    `update chatboxes set settings = settings || jsonb_build_object('title', $2::text, 'greeting', $2::text, 'colour', $2::text) where account_id = $1`,
    [account.accountId, hostile],
  );
});
after(() => server[Symbol.asyncDispose]());

const get = (path: string, headers: Record<string, string> = {}): Promise<Answer> =>
  call(server, 'chat', 'GET', path, { headers });
const policyOf = ({ headers }: Answer): Record<string, string> =>
  Object.fromEntries(
    (headers.get('content-security-policy') ?? '')
      .split('; ')
      .map((one) => [one.split(' ')[0] ?? '', one.split(' ').slice(1).join(' ')]),
  );

describe('the loader', () => {
  test('is a script with its box baked in, and nothing that an administrator may change (OP-12)', async () => {
    const { status, text, headers } = await get(`/w/${account.key}.js`);
    assert.equal(status, 200);
    assert.equal(headers.get('content-type'), 'text/javascript; charset=utf-8');
    assert.ok(new Script(text), 'it parses');
    assert.doesNotMatch(text, /__FOYER_BOX__|<\/script|\u2028|\u2029/);
    const from = text.indexOf('{"key":"');
    const baked = text.slice(from, text.indexOf('}', from) + 1);
    assert.deepEqual(JSON.parse(baked), { key: account.key, origin: server.url.chat });
  });

  test('may be read by every page, and is asked for again after five minutes', async () => {
    const { headers } = await get(`/w/${account.key}.js`);
    assert.equal(headers.get('access-control-allow-origin'), '*');
    assert.equal(headers.get('cross-origin-resource-policy'), 'cross-origin');
    assert.equal(headers.get('cache-control'), 'public, max-age=300, stale-while-revalidate=86400');
    assert.equal(headers.get('x-content-type-options'), 'nosniff');
    assert.equal(headers.get('set-cookie'), null);
  });
});

describe('the frame', () => {
  test('A1: carries its box as data that ends no element', async () => {
    const { status, text, type } = await get(`/frame/${account.key}`);
    assert.deepEqual([status, type], [200, 'text/html; charset=utf-8']);
    assert.equal(text.match(/<script/g)?.length, 2);
    const box = /<script type="application\/json" id="box">(.*?)<\/script>/s.exec(text)?.[1] ?? '';
    const { key, account: title, settings, state } = JSON.parse(box);
    assert.deepEqual(
      [key, title, settings.title, settings.greeting, state],
      [account.key, hostile, hostile, hostile, 'offline'],
    );
  });

  test("F3: may be framed by the account's own domains, their www twins and the console only", async () => {
    const framed = async (key: string) => policyOf(await get(`/frame/${key}`))['frame-ancestors'];
    const own = `'self' ${server.url.console}`;
    const pages = (host: string) =>
      [host, `www.${host}`].flatMap((one) => [`https://${one}:*`, `http://${one}:*`]).join(' ');
    assert.equal(
      await framed(account.key),
      `${own} ${pages('shop.example')} ${pages('xn--bcher-kva.example')}`,
    );
    assert.equal(await framed(other.key), `${own} ${pages('other.example')}`);
    assert.equal((await framed((await makeAccount(server.context)).key))?.trim(), own);
  });

  test('VI-14: tells at once on which page the widget was seen, where the browser says it', async () => {
    const seen = async () => {
      const domains = await server.context.db.inAccount(account.accountId, (tx) =>
        listDomains(tx, account.accountId),
      );
      return domains.filter(({ lastSeenAt }) => lastSeenAt !== null).map(({ host }) => host);
    };
    for (const referer of ['https://evil.example/', 'no address', ''])
      assert.equal((await get(`/frame/${account.key}`, { referer })).status, 200);
    assert.deepEqual(await seen(), []);
    await get(`/frame/${account.key}`, { referer: 'https://www.shop.example:8443/' });
    assert.deepEqual(await seen(), ['shop.example']);
  });

  test('allows scripts, styles and lines of its own origin and nothing else', async () => {
    const answer = await get(`/frame/${account.key}`);
    const { 'frame-ancestors': _, ...policy } = policyOf(answer);
    assert.deepEqual(policy, {
      'default-src': "'none'",
      'script-src': "'self'",
      'style-src': "'self'",
      'connect-src': `'self' ${server.url.chat.replace('http', 'ws')}`,
      'img-src': "'self' data: blob:",
      'media-src': "'self' blob:",
      'base-uri': "'none'",
      'form-action': "'none'",
      'require-trusted-types-for': "'script'",
    });
    assert.equal(answer.headers.get('referrer-policy'), 'no-referrer');
    assert.equal(answer.headers.get('x-content-type-options'), 'nosniff');
    assert.equal(answer.headers.get('cross-origin-resource-policy'), 'cross-origin');
    assert.equal(answer.headers.get('cache-control'), 'no-store');
  });

  test('and the scripts that it names are there, for ever the same', async () => {
    const { text } = await get(`/frame/${account.key}`);
    const [, script = ''] = /<script type="module" src="([^"]+)"/.exec(text) ?? [];
    const { status, headers } = await get(script);
    assert.equal(status, 200);
    assert.match(headers.get('cache-control') ?? '', /immutable/);
    assert.equal(headers.get('access-control-allow-origin'), '*');
  });
});

test('the test page loads this box and may be framed by the console alone', async () => {
  const answer = await get(`/test/${account.key}`);
  assert.match(answer.text, new RegExp(`<script async src="/w/${account.key}\\.js"></script>`));
  const policy = policyOf(answer);
  assert.deepEqual(
    [policy['default-src'], policy['script-src'], policy['frame-ancestors']],
    ["'none'", "'self'", `${server.url.console} 'self'`],
  );
});

test('a key that is not there, or is none, is 404 or 400 everywhere and says so as a problem', async () => {
  for (const [key, status] of [
    ['A'.repeat(22), 404],
    ['short', 400],
    [`${'A'.repeat(21)}-`, 400],
    ['A'.repeat(23), 400],
  ] as const) {
    for (const path of [`/w/${key}.js`, `/frame/${key}`, `/test/${key}`, `/v1/widget/${key}/state`]) {
      const answer = await get(path);
      assert.deepEqual(
        [answer.status, answer.type.split(';')[0]],
        [status, 'application/problem+json'],
        path,
      );
    }
  }
});

test('F3: no page of the console may be framed, and none is kept by a cache', async () => {
  for (const path of ['/', '/settings', '/anything/at/all', '/index.html']) {
    const { status, headers } = await call(server, 'console', 'GET', path);
    assert.equal(status, 200, path);
    assert.match(headers.get('content-security-policy') ?? '', /frame-ancestors 'none'/, path);
    assert.match(headers.get('content-security-policy') ?? '', /object-src 'none'; base-uri 'none'/, path);
    assert.equal(headers.get('cache-control'), 'no-cache', path);
    assert.equal(headers.get('x-content-type-options'), 'nosniff', path);
  }
});

test('nothing of the server lies beside the built files', async () => {
  for (const path of [
    '/assets/../../package.json',
    '/assets/..%2f..%2fpackage.json',
    '/assets/%2e%2e/manifest.json',
    '/assets/',
    '/assets',
    '/assets/..%5c..%5cpackage.json',
    '/loader.js',
    '/manifest.json',
  ]) {
    const { status, text } = await get(path);
    assert.ok(status >= 400 && status < 500, `${path}: ${status}`);
    assert.doesNotMatch(text, /"dependencies"|bridge\/main/);
  }
});
