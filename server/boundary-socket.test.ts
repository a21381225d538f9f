import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import type { ZodMiniType } from 'zod/mini';
import { up } from '#protocol/up.ts';
import { address, closeBoundary, mishaps, openBoundary, routes, server, world } from './test/boundary.ts';
import { cpuMsOf } from './test/cpu.ts';
import { anyWrong, deep, inParallel, isObject, placesOf, replaced, sampleOf, wrong } from './test/samples.ts';
import { call, Line } from './test/speakers.ts';

/** Item 10 of the issue, A5, A6, A11, on the socket: see boundary-body.test.ts and boundary-request.test.ts for HTTP. */

before(() => openBoundary());
after(closeBoundary);

describe('A5: a frame', () => {
  type Case = { text: string; ref: string | null };
  const frames = up.def.options as unknown as ZodMiniType[];

  function badFrames(): Case[] {
    const made: Case[] = [
      '',
      '{',
      'null',
      '1',
      '"x"',
      '[]',
      '{}',
      deep(5000),
      '{"type":"__proto__"}',
      '{"type":"constructor"}',
      '{"type":["ping"]}',
      '{"type":"PING"}',
      '{"__proto__":{"type":"ping"}}',
    ].map((text) => ({ text, ref: null }));
    for (const schema of frames) {
      const good = sampleOf(schema);
      const values = fc.sample(anyWrong, { numRuns: 3, seed: 1 });
      for (const place of placesOf(good)) {
        for (const value of [...values, ...wrong.filter((_, index) => (index + place.length) % 4 === 0)]) {
          const frame = replaced(good, place, value);
          const text = JSON.stringify(frame) ?? '';
          if (text === '' || up.safeParse(JSON.parse(text)).success) continue;
          const ref =
            isObject(frame) && 'ref' in frame && typeof frame.ref === 'string' && frame.ref.length <= 64
              ? frame.ref
              : null;
          made.push({ text, ref });
        }
      }
      made.push({
        text: JSON.stringify({ ...good, accountId: randomUUID() }),
        ref: typeof good['ref'] === 'string' ? good['ref'] : null,
      });
    }
    return made;
  }

  for (const who of ['visitor', 'administrator'] as const) {
    test(`of a ${who} with anything wrong in it is refused with its ref and a sentence; the line lives and loses nothing`, async () => {
      const bad = badFrames();
      assert.ok(bad.length > 300, `${bad.length} frames`);
      const { epoch } = server.context;
      const parts = Array.from({ length: Math.ceil(bad.length / 15) }, (_, index) =>
        bad.slice(index * 15, index * 15 + 15),
      );
      await inParallel(parts, async (part) => {
        const headers = { ...world[who].headers, 'x-forwarded-for': address() };
        const line = new Line(server, world[who].on, headers);
        await line.opened();
        const position = { conversations: { [world.ids.conversationId]: 1 } };
        // Half before hello, half after: neither costs the line.
        for (const { text } of part.slice(0, 7)) line.send(text);
        line.send({ type: 'hello', protocol: 1, ...world[who].hello, positions: position, epoch });
        for (const { text } of part.slice(7)) line.send(text);
        const done = await line.command({
          type: 'conversation.follow',
          conversationId: world.ids.conversationId,
        });
        assert.equal(done.type, 'done', JSON.stringify(done));
        const refused = line.heard.filter((frame) => frame.type === 'refused');
        const refs = (list: { ref: string | null }[]) => list.map(({ ref }) => String(ref)).toSorted();
        assert.deepEqual(refs(refused), refs(part));
        for (const { code, message } of refused) {
          assert.equal(code, 'invalid');
          assert.match(message, /^\S.{5,}[.!?)\]"]?$/s);
        }
        await line.close();
      });
    });
  }

  test('that is not UTF-8 closes its line with 1007, and the next line works', async () => {
    const line = await Line.open(server, world.visitor);
    line.socket.send(Buffer.from([0x7b, 0xc3, 0x28]), { binary: false });
    assert.equal((await line.closed).code, 1007);
    const next = await Line.open(server, world.visitor);
    assert.equal(
      (await next.command({ type: 'conversation.follow', conversationId: world.ids.conversationId })).type,
      'done',
    );
    await next.close();
  });

  test('A11: 64 kB of anything in any field is judged in less than 50 ms', () => {
    const schemas = [...frames, ...routes.flatMap(({ body, query, params }) => [body, query, params])].filter(
      (schema) => schema !== undefined,
    );
    const hostile = [
      'a',
      '-',
      'a.',
      'a@',
      'a-',
      '..',
      '0',
      '\u0000',
      '\ud800',
      'a@a.',
      'http://',
      '/',
      '\n',
      ' ',
      '=',
      'A-',
      '\u{1f600}',
    ].map((part) => part.repeat((64 * 1024) / part.length));
    for (const schema of schemas) {
      const good = sampleOf(schema);
      for (const place of placesOf(good)) {
        for (const value of hostile) {
          const input = replaced(good, place, value);
          const ms = cpuMsOf(() => schema.safeParse(input));
          assert.ok(ms < 50, `${place.join('.')}: ${ms} ms for ${value.slice(0, 5)}`);
        }
      }
    }
  });
});

test('A6: after all this the server answers, nothing is polluted and nothing was left unhandled', async () => {
  assert.equal((await call(server, 'console', 'GET', '/readyz')).status, 200);
  assert.equal(({} as { polluted?: unknown }).polluted, undefined);
  assert.deepEqual(mishaps, []);
});
