import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import {
  assertProper,
  at,
  bodied,
  closeBoundary,
  mishaps,
  nameOf,
  openBoundary,
  raw,
  routes,
  sample,
  send,
  server,
} from './test/boundary.ts';
import { anyWrong, deep, isObject, placesOf, replaced } from './test/samples.ts';
import { call } from './test/speakers.ts';

/** Item 10 of the issue, A5, A6: bad input at every boundary gets a stable code and a sentence, never a 5xx. */

before(() => openBoundary());
after(closeBoundary);

describe('A5: a body', () => {
  test('with something wrong anywhere is refused as invalid, by the sentence of the field', async () => {
    const cases = bodied().flatMap((route, index) =>
      placesOf(sample(route.body)).map((place) => ({ index, place })),
    );
    assert.ok(cases.length > 60, `${cases.length} places`);
    await Promise.all(
      [0, 1, 2, 3].map((part) =>
        fc.assert(
          fc.asyncProperty(
            fc.constantFrom(...cases.filter((_, number) => number % 4 === part)),
            anyWrong,
            async ({ index, place }, value) => {
              const route = bodied()[index]!;
              const body = JSON.stringify(replaced(sample(route.body), place, value)) ?? '';
              const answer = await send(route, { body });
              assertProper(
                answer,
                `${nameOf(route)} ${place.join('.')} = ${JSON.stringify(value)?.slice(0, 60)}`,
              );
              const accepted = body !== '' && route.body?.safeParse(JSON.parse(body)).success;
              if (!accepted)
                assert.ok(
                  answer.status === 400 && (answer.json as { code: string }).code === 'invalid',
                  `${nameOf(route)}: ${answer.text} for ${body.slice(0, 200)}`,
                );
            },
          ),
          { numRuns: 250 },
        ),
      ),
    );
  });

  test('B4: with a column of any table, or any key that is not declared, is refused', async () => {
    const { rows } = await server.context.db.unscoped.query<{ column_name: string }>(
      `select distinct column_name from information_schema.columns where table_schema = 'public'`,
    );
    const camel = (name: string) => name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
    const names = [
      ...new Set([
        ...rows.flatMap(({ column_name: name }) => [name, camel(name)]),
        'constructor',
        'prototype',
        'toString',
        'hasOwnProperty',
        '$where',
      ]),
    ];
    for (const route of bodied()) {
      const body = sample(route.body);
      const parts = placesOf(body).filter(
        (place) =>
          isObject(at(body, place)) && place.at(-1) !== 'attributes' && place.at(-1) !== 'conversations',
      );
      for (const place of parts) {
        const unknown = names.filter(
          (name) => !(name in (at(body, place) as object)) || name in Object.prototype,
        );
        for (const name of unknown) {
          const input = replaced(body, place, { ...(at(body, place) as object), [name]: 'x' });
          const optional = route.body?.safeParse(input);
          assert.ok(
            optional && (!optional.success || !JSON.stringify(optional.data).includes(`"${name}":"x"`)),
            `${nameOf(route)} takes ${[...place, name].join('.')}`,
          );
        }
        const answer = await send(route, {
          body: replaced(body, place, {
            ...(at(body, place) as object),
            account_id: randomUUID(),
            accountId: randomUUID(),
          }),
        });
        assert.equal(answer.status, 400, `${nameOf(route)}: ${answer.text}`);
      }
    }
  });

  test('A6: that pollutes, is no JSON, half a character, too deep or too large is refused by name', async () => {
    const bad: [string | Buffer, string[]][] = [
      ['{"__proto__":{"polluted":1}}', ['invalid']],
      ['{"constructor":{"prototype":{"polluted":1}}}', ['invalid']],
      ['{"a":{"__proto__":{"polluted":1}}}', ['invalid']],
      ['{', ['invalid']],
      ['', ['invalid']],
      ['nul', ['invalid']],
      ['null', ['invalid']],
      ['{"a":1}{', ['invalid']],
      [deep(20_000), ['invalid']],
      [Buffer.from([0x7b, 0x22, 0xc3, 0x22, 0x3a, 0x31, 0x7d]), ['invalid']],
      [Buffer.from([0x22, 0xf0, 0x9f, 0x98]), ['invalid']],
      [JSON.stringify({ x: 'x'.repeat(65 * 1024) }), ['too_large']],
    ];
    for (const route of bodied()) {
      for (const [body, codes] of bad) {
        const answer = await raw(route, body);
        assertProper(answer, `${nameOf(route)} ${String(body).slice(0, 40)}`);
        assert.ok(
          codes.includes((answer.json as { code: string }).code),
          `${nameOf(route)}: ${answer.text} for ${String(body).slice(0, 40)}`,
        );
      }
    }
  });

  test('C7: of another type than JSON is refused, and changes nothing', async () => {
    for (const route of bodied()) {
      for (const type of [
        'text/plain',
        'application/x-www-form-urlencoded',
        'multipart/form-data; boundary=x',
        'application/xml',
        'x',
        'application/json-seq',
      ]) {
        const answer = await send(route, {
          body: JSON.stringify(sample(route.body)),
          headers: { 'content-type': type },
        });
        assertProper(answer, nameOf(route));
        assert.equal(answer.status, 415, `${nameOf(route)} ${type}`);
      }
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
