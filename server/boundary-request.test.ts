import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { problem } from '#protocol/errors.ts';
import type { Route } from './core/http/route.ts';
import {
  address,
  assertProper,
  closeBoundary,
  listenerOf,
  mishaps,
  nameOf,
  openBoundary,
  pathOf,
  routes,
  sample,
  send,
  server,
  speakerFor,
  world,
} from './test/boundary.ts';
import { inParallel } from './test/samples.ts';
import { call } from './test/speakers.ts';

/** Item 10 of the issue, A5, A6: bad input at every boundary gets a stable code and a sentence, never a 5xx. */

before(() => openBoundary());
after(closeBoundary);

describe('A5: an address', () => {
  const odd = [
    '%00',
    '%ff',
    '%',
    '%2e%2e',
    '..%2f..',
    'x'.repeat(200),
    'x'.repeat(5000),
    "'",
    '%22',
    '%0d%0aset-cookie:x',
    '{}',
    '__proto__',
    'constructor',
    '\u{1f600}',
    '%ed%a0%80',
    'null',
    '-1',
    '1e9',
  ];

  test('with anything in place of a parameter is not found or invalid', async () => {
    const withParams = routes.filter(({ path }) => path.includes(':'));
    for (const route of withParams) {
      for (const value of odd) {
        const answer = await send(route, {
          path: route.path.replace(/:\w+/, value),
          ...(route.body && { body: sample(route.body) }),
        });
        assertProper(answer, `${nameOf(route)} ${value.slice(0, 30)}`);
        assert.ok(
          [400, 404].includes(answer.status),
          `${nameOf(route)} ${value.slice(0, 20)}: ${answer.status}`,
        );
      }
    }
  });

  test('with any query is answered, and where one is declared refused unless it fits', async () => {
    const queries = [
      '__proto__=1',
      'constructor=1',
      'before=',
      'before=0',
      'before=x',
      'before=1e400',
      'before=NaN',
      'before=1&before=2',
      'before=1.5',
      'before[]=1',
      'before=2147483648',
      'before=9007199254740991',
      'host=%00',
      'host=%ed%a0%80',
      `host=${'h'.repeat(300)}`,
      'host[a]=1',
      '%',
      '&&&==',
      'x'.repeat(4000),
    ];
    for (const route of routes.filter(({ method }) => method === 'GET')) {
      for (const query of queries) {
        const params = route.path.includes('/conversations/')
          ? { conversationId: world.ids.conversationId }
          : route.path.includes(':key')
            ? { key: world.ids.key }
            : sample(route.params);
        const path = pathOf(route, params).replace(/\?.*|$/, `?${query}`);
        const answer = await send(route, { path });
        if (route.who !== 'public' || route.path.startsWith('/v1/'))
          assertProper(answer, `${nameOf(route)} ?${query.slice(0, 40)}`);
        else assert.ok(answer.status < 500);
      }
    }
  });

  test('that is not there, or a method that is not, is 404 as a problem on both listeners', async () => {
    for (const on of ['console', 'chat'] as const) {
      for (const [method, path] of [
        ['GET', '/v1/nothing'],
        ['PUT', '/v1/session'],
        ['POST', '/v1/account'],
        ['DELETE', '/v1/'],
        ['OPTIONS', '/v1/session'],
        ['PATCH', '/v1/setup'],
        ['GET', '/v1/__proto__'],
      ] as const) {
        const answer = await call(server, on, method, path, { headers: { 'x-forwarded-for': address() } });
        assertProper(answer, `${on} ${method} ${path}`);
        assert.equal(answer.status, 404);
      }
    }
  });
});

describe('A5: a header', () => {
  const garbage = [
    '',
    ' ',
    'x',
    '=',
    ';;;',
    '%',
    '%E0%A4%A',
    'a=b; a=c',
    '\u00ff\u00fe',
    'Bearer',
    'Bearer ',
    'Bearer a.b.c',
    'Basic eDp4',
    '{"$ne":1}',
    'null',
    'x'.repeat(4000),
    'Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.',
  ];

  test('that should be a credential and is garbage is refused as not signed in', async () => {
    const guarded = routes.filter(({ who }) => who !== 'public');
    await inParallel(
      guarded.flatMap((route) => garbage.map((value, index) => ({ route, value, index }))),
      async ({ route, value, index }) => {
        const origin = speakerFor(route).headers['origin'] ?? '';
        const cookie = index % 2 === 0 ? value : `foyer_session=${value}`;
        const answer = await call(server, listenerOf(route), route.method, pathOf(route), {
          headers: {
            origin,
            cookie,
            authorization: value,
            'foyer-operator': value,
            'x-forwarded-for': address(),
          },
          ...(route.body && { body: sample(route.body) }),
        });
        assertProper(answer, `${nameOf(route)} ${value.slice(0, 30)}`);
        assert.equal(answer.status, 401, nameOf(route));
      },
    );
  });

  test('C7: Origin that is not the own one stops every request that may change something', async () => {
    const own = (route: Route) => (listenerOf(route) === 'chat' ? server.url.chat : server.url.console);
    const other = (route: Route) => (listenerOf(route) === 'chat' ? server.url.console : server.url.chat);
    const unsafe = routes.filter(({ method }) => method !== 'GET');
    assert.ok(unsafe.length > 10);
    for (const route of unsafe) {
      for (const origin of [
        undefined,
        '',
        'null',
        'https://evil.example',
        `${own(route)}.evil.example`,
        own(route).toUpperCase(),
        `${own(route)}/`,
        other(route),
      ]) {
        const { origin: _, ...headers } = speakerFor(route).headers;
        const answer = await call(server, listenerOf(route), route.method, pathOf(route), {
          headers: { ...headers, 'x-forwarded-for': address(), ...(origin !== undefined && { origin }) },
          ...(route.body && { body: sample(route.body) }),
        });
        assertProper(answer, nameOf(route));
        assert.equal(
          (answer.json as { code: string }).code,
          'wrong_origin',
          `${nameOf(route)} from ${origin}`,
        );
      }
    }
  });

  test('E1: that is too large, and what is no HTTP at all, is answered as a problem too', async () => {
    for (const request of [
      'GET /v1/setup HTTP/1.1\r\nhost: x\r\nx: ' + 'y'.repeat(20_000) + '\r\n\r\n',
      'nonsense\r\n\r\n',
      'GET /v1/setup HTTP/1.1\r\nhost: x\r\nx: \u0000\r\n\r\n',
      'POST /v1/setup HTTP/1.1\r\nhost: x\r\ncontent-length: x\r\n\r\n',
    ]) {
      const socket = connect(server.ports.console, '127.0.0.1');
      socket.on('error', () => undefined);
      socket.write(request);
      const [data] = (await once(socket, 'data')) as [Buffer];
      const [head = '', body = ''] = String(data).split('\r\n\r\n');
      assert.match(head, /^HTTP\/1\.1 4\d\d .*application\/problem\+json/is);
      assert.equal(problem.parse(JSON.parse(body)).code, request.length > 10_000 ? 'too_large' : 'invalid');
      socket.destroy();
    }
  });
});

test('A6: after all this the server answers, nothing is polluted and nothing was left unhandled', async () => {
  assert.equal((await call(server, 'console', 'GET', '/readyz')).status, 200);
  assert.equal(
    (
      await send(
        routes.find((route) => nameOf(route) === 'GET /v1/account')!,
        {},
      )
    ).status,
    200,
  );
  assert.equal(({} as { polluted?: unknown }).polluted, undefined);
  assert.deepEqual(mishaps, []);
});
