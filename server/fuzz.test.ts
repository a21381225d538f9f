import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { runInNewContext } from 'node:vm';
import { setFlagsFromString } from 'node:v8';
import fc from 'fast-check';
import type { ZodMiniType } from 'zod/mini';
import { down } from '#protocol/down.ts';
import { refusals } from '#protocol/errors.ts';
import { up } from '#protocol/up.ts';
import { createLogger } from './core/logger.ts';
import type { Route } from './core/http/route.ts';
import { usualLimits, type AllLimits } from './core/realtime/connection.ts';
import { accepted, mangled } from './test/arbitrary.ts';
import {
  assertProper,
  closeBoundary,
  listenerOf,
  mishaps,
  nameOf,
  openBoundary,
  routes,
  server,
  world,
} from './test/boundary.ts';
import { inParallel } from './test/samples.ts';
import { call, Line, speakerOf, type Answer, type Speaker } from './test/speakers.ts';

/**
 * A5, A6: what the schemas of the wire accept, mangled, on every way in. `FOYER_RUNS=1000000 npm run test:unit --
 * server/fuzz` looks for what the usual runs do not meet. A failure names the seed of its batch, which repeats it.
 */
const runs = Number(process.env['FOYER_RUNS'] ?? 3000);
const seed = Number(process.env['FOYER_SEED'] ?? 1);
const BATCH = 40;

const noLimits = Object.fromEntries(
  Object.entries(usualLimits).map(([listener, limits]) => [
    listener,
    { ...limits, commands: { perMinute: 1e9, burst: 1e6 }, others: { perMinute: 1e9, burst: 1e6 } },
  ]),
) as AllLimits;

/** Lines of the log: only our own faults are logged as errors. */
const faults: string[] = [];
let speakers: Speaker[];
let known: string[];

before(async () => {
  await openBoundary(noLimits, createLogger('error', { write: (line) => void faults.push(line) }));
  speakers = [world.visitor, world.otherVisitor, world.administrator, world.owner];
  known = [...Object.values(world.ids), world.accountId].filter((id) => /^[\da-f-]{36}$/.test(id));
});
after(closeBoundary);

const heapAfterCollection = (): number => {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed;
};

/** Hands batches of made cases to `work`, eight at a time; a failure says which batch it was. */
async function inBatches<T>(
  what: string,
  cases: fc.Arbitrary<T>,
  count: number,
  work: (batch: T[], number: number) => Promise<void>,
): Promise<void> {
  const numbers = Array.from({ length: Math.ceil(count / BATCH) }, (_, number) => number);
  const some = Math.min(100, Math.ceil(numbers.length / 4));
  const warm = async (part: number[]) =>
    inParallel(part, async (number) => {
      try {
        await work(fc.sample(cases, { seed: seed + number, numRuns: BATCH }), number);
      } catch (error) {
        throw new Error(`${what}, FOYER_SEED=${seed + number}: ${String(error)}`, { cause: error });
      }
    });
  await warm(numbers.slice(0, some));
  const heap = heapAfterCollection();
  await warm(numbers.slice(some));
  const grown = heapAfterCollection() - heap;
  assert.ok(grown < 48 * 1024 * 1024, `${what}: ${grown >> 20} MiB more after ${count} cases`);
  assert.deepEqual(faults, [], what);
  assert.deepEqual(mishaps, [], what);
  assert.deepEqual(Object.keys(Object.prototype), [], what);
}

const speakerAt = (number: number): Speaker => speakers[number % speakers.length]!;

/** Whoever lost its session on the way (to end it is a command too) gets another. */
async function renew(number: number): Promise<Speaker> {
  return (speakers[number % speakers.length] = await speakerOf(server.context, speakerAt(number).actor));
}

/** So many that no limit stands in the way, so few that limits do not look like a leak. */
const addressOf = (number: number): string => `10.0.${(number >> 8) % 8}.${number & 255}`;

/** Why the server may close a line: no credential any more, a protocol that it does not speak, a frame too large. */
const closes = [4001, 4002, 1009];

function assertKnown(frame: unknown, text: string): void {
  const parsed = down.safeParse(frame);
  assert.ok(parsed.success, `${JSON.stringify(frame)} for ${text}`);
  if (parsed.data.type !== 'refused') return;
  const { code, message } = parsed.data;
  assert.ok(code in refusals && code !== 'internal' && code !== 'unavailable', `${code} for ${text}`);
  assert.match(message, /^\S.{5,}/s);
}

describe('A5: made of the schemas and mangled', () => {
  test('frames on a line are done or refused by a known code, and the line goes on', async () => {
    const frames = up.def.options as unknown as ZodMiniType[];
    const cases = mangled(fc.oneof(...frames.map((one) => accepted(one, known))));
    await inBatches('frames', cases, runs * 0.7, async (batch, number) => {
      const line = await Line.open(server, speakerAt(number)).catch(async () =>
        Line.open(server, await renew(number)),
      );
      for (const text of batch) line.send(text);
      const last = { type: 'conversation.follow', conversationId: known[0] };
      const answer = await line.command(last).catch(() => undefined);
      const said = batch.join('\n').slice(0, 2000);
      if (!answer)
        assert.ok(closes.includes((await line.closed).code), `${(await line.closed).code} for ${said}`);
      for (const frame of line.heard) assertKnown(frame, said);
      await line.close();
    });
  });

  test('frames over HTTP are answered by a known code', async () => {
    const frames = up.def.options as unknown as ZodMiniType[];
    const cases = mangled(fc.oneof(...frames.map((one) => accepted(one, known))));
    await inBatches('sent', cases, runs * 0.1, async (batch, number) => {
      const speaker = speakerAt(number);
      const list = batch.flatMap((text) => json(text)).slice(0, 50);
      const answer = await call(server, speaker.on, 'POST', '/v1/realtime/send', {
        headers: { ...speaker.headers, 'x-forwarded-for': addressOf(number) },
        body: { ...speaker.hello, frames: list },
      });
      assertProper(answer, batch.join('\n').slice(0, 2000));
      if (answer.status >= 400) return;
      for (const frame of (answer.json as { frames: unknown[] }).frames) assertKnown(frame, batch.join('\n'));
    });
  });

  test('requests are answered below 500, and refused by a known code', async () => {
    type Case = { index: number; path: string; body: string };
    const cases = fc.nat(routes.length - 1).chain((index): fc.Arbitrary<Case> => {
      const { params, query, body } = routes[index]!;
      return fc.record({
        index: fc.constant(index),
        path: fc.tuple(textsOf(params), textsOf(query)).map((parts) => pathWith(routes[index]!, ...parts)),
        body: body ? mangled(accepted(body, known)) : fc.constant(''),
      });
    });
    await inBatches('requests', cases, runs * 0.2, async (batch, number) => {
      for (const [step, { index, path, body }] of batch.entries()) {
        const route = routes[index]!;
        const answer = await ask(route, path, body, number + step);
        const what = `${nameOf(route)} ${path} ${body}`.slice(0, 2000);
        if (answer.type.includes('json') || answer.status >= 400) assertProper(answer, what);
        else assert.ok(answer.status < 400, what);
      }
    });
  });
});

/** The values of an address: as declared, or anything. */
function textsOf(schema: ZodMiniType | undefined): fc.Arbitrary<Record<string, string>> {
  if (!schema) return fc.constant({});
  return mangled(accepted(schema, known)).map((text) => {
    const [made] = json(text);
    const entries = typeof made === 'object' && made !== null ? Object.entries(made) : [['x', text]];
    return Object.fromEntries(
      entries.map(([key, value]) => [
        key,
        (typeof value === 'string' ? value : (JSON.stringify(value) ?? '')).slice(0, 3000).toWellFormed(),
      ]),
    );
  });
}

function pathWith(route: Route, params: Record<string, string>, query: Record<string, string>): string {
  const path = route.path.replace(/:(\w+)/g, (_, key: string) => encodeURIComponent(params[key] ?? 'x'));
  const search = new URLSearchParams(query).toString();
  return search ? `${path}?${search}` : path;
}

async function ask(route: Route, path: string, body: string, number: number): Promise<Answer> {
  // A public route is asked by everybody of its listener.
  const fit =
    route.who === 'visitor' || (route.who === 'public' && route.on === 'chat')
      ? number % 2
      : 2 + (number % 2);
  const { headers } = speakerAt(fit);
  const origin = server.url[listenerOf(route)];
  const answer = await call(server, listenerOf(route), route.method, path, {
    headers: { ...headers, origin, 'x-forwarded-for': addressOf(number) },
    ...(route.body && { body: waitingNot(body) }),
  });
  if (answer.status === 401 && route.who !== 'public') await renew(fit);
  return answer;
}

/** A poll may wait 25 s for news; here none is to wait. */
const waitingNot = (body: string): string => body.replace(/"wait":\d+(\.\d+)?/, '"wait":0.01');

const json = (text: string): unknown[] => {
  try {
    return [JSON.parse(text)];
  } catch {
    return [];
  }
};

test('A6: after all this the server works as before, and nothing is polluted', async () => {
  const line = await Line.open(server, world.visitor);
  const done = await line.command({ type: 'conversation.follow', conversationId: world.ids.conversationId });
  assert.equal(done.type, 'done');
  await line.close();
  assert.deepEqual(Object.keys(Object.prototype), []);
  assert.equal(({} as { polluted?: unknown }).polluted, undefined);
});
