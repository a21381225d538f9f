import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { after, before, test } from 'node:test';
import {
  assertProper,
  closeBoundary,
  listenerOf,
  nameOf,
  openBoundary,
  pathOf,
  routes,
  sample,
  send,
  server,
  world,
} from './test/boundary.ts';
import { inParallel } from './test/samples.ts';

before(() => openBoundary());
after(closeBoundary);

test('A4: an address with a statement in place of any value is refused, and no statement is made of it', async () => {
  // One that slept would end as a failure of ours: no statement may take longer than fifteen seconds.
  const statements = [
    "' or 1=1 --",
    "'; select pg_sleep(60); --",
    '1; select pg_sleep(60)',
    "x' and pg_sleep(60) is null and '1'='1",
    '1) or pg_sleep(60) is null --',
    '$1',
    '$$; drop table entries; $$',
    '\\',
    '\u02b9 or 1=1 --',
    'pg_sleep(60)',
    '{"$gt":0}',
    'created_at desc; select pg_sleep(60)',
  ];
  const declared = routes.flatMap((route) =>
    (['query', 'params'] as const).flatMap((part) =>
      Object.keys(sample(route[part])).map((name) => ({ route, part, name })),
    ),
  );
  assert.ok(declared.length > 8);
  await inParallel(
    declared.flatMap((one) => statements.map((statement) => ({ ...one, statement }))),
    async ({ route, part, name, statement }) => {
      const params =
        part === 'params' ? { ...sample(route.params), [name]: statement } : sample(route.params);
      const [path = ''] = pathOf(route, params).split('?');
      const forms = [`${name}=`, `${name}[]=`, `${name}[$gt]=`, `order=id&${name}=`];
      const paths =
        part === 'params' ? [path] : forms.map((form) => `${path}?${form}${encodeURIComponent(statement)}`);
      for (const one of paths) {
        const answer = await send(route, { path: one, ...(route.body && { body: sample(route.body) }) });
        assertProper(answer, `${nameOf(route)} ${one}`);
        assert.ok(
          [400, 404].includes(answer.status),
          `${nameOf(route)} ${one}: ${answer.status} ${answer.text}`,
        );
      }
    },
  );
});

test('C4: a header that names another host changes no answer and no link', async () => {
  const forged = {
    'x-forwarded-host': 'evil.example',
    'x-forwarded-proto': 'gopher',
    'x-forwarded-port': '666',
    'x-forwarded-prefix': '/evil',
    'x-original-host': 'evil.example',
    'x-host': 'evil.example',
    forwarded: 'for=192.0.2.1;host=evil.example;proto=gopher',
  };
  const still = (body: string) => body.replace(/"now":"[^"]*"/g, '');
  const open = routes.filter(({ method, who }) => method === 'GET' && who === 'public');
  const paths = open.map((route) => ({
    on: listenerOf(route),
    path: route.path.replace(':key', world.ids.key).replace(':file', `${world.ids.key}.js`),
  }));
  for (const on of ['console', 'chat'] as const) paths.push({ on, path: '/v1/openapi.json' });
  paths.push({ on: 'console', path: '/' }, { on: 'console', path: '/settings/widget' });
  for (const { on, path } of paths) {
    const plain = await rawGet(on, path, {});
    const answer = await rawGet(on, path, { host: 'evil.example:666', ...forged });
    assert.equal(still(answer.body), still(plain.body), path);
    assert.doesNotMatch(answer.head, /evil|gopher|666/, path);
    assert.match(answer.head, /^HTTP\/1\.1 200 /, path);
  }
});

/** A GET with these headers, Host too, which fetch does not let one choose. */
async function rawGet(
  on: 'console' | 'chat',
  path: string,
  headers: Record<string, string>,
): Promise<{ head: string; body: string }> {
  const asking = request({ host: '127.0.0.1', port: server.ports[on], path, headers, agent: false });
  asking.end();
  const [response] = (await once(asking, 'response')) as [IncomingMessage];
  const head = [`HTTP/1.1 ${response.statusCode} `, ...response.rawHeaders].join('\n');
  return { head, body: await text(response) };
}
