import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Route } from './core/http/route.ts';
import { longPollRoutes } from './core/realtime/long-poll.ts';
import { allHandlers, allRoutes, dispatchOf } from './features.ts';
import { commands, routes } from './test/aims.ts';
import { testServer, type TestServer } from './test/database.ts';
import { call, Line, speakerOf, type Answer, type Speaker } from './test/speakers.ts';
import { fingerprint, makeWorld, nowhere, type World } from './test/world.ts';

const nameOf = ({ method, path }: Pick<Route, 'method' | 'path'>): string => `${method} ${path}`;

/** What is not in the tables, and what is there no more. */
function unaccounted(there: readonly Pick<Route, 'method' | 'path'>[], handled: readonly string[]): string[] {
  const names = [...there.map(nameOf), ...handled];
  const known = [...Object.keys(routes), ...Object.keys(commands)];
  return [
    ...names.filter((name) => !known.includes(name)),
    ...known.filter((name) => !names.includes(name)).map((name) => `${name} (gone)`),
  ];
}

let server: TestServer;
let a: World;
let b: World;
let there: Route[];
let handled: string[];
let untouched: Record<string, string>;
/** The parties of A's conversation, who must notice nothing. */
let witnesses: Line[];

before(async () => {
  server = await testServer();
  const { context } = server;
  [a, b] = [await makeWorld(context, 'canary-a'), await makeWorld(context, 'canary-b')];
  there = [
    ...(await allRoutes(context)),
    ...longPollRoutes({ dispatch: dispatchOf(context), log: context.logger, metrics: context.metrics }),
  ];
  handled = Object.keys(allHandlers(context));
  witnesses = await Promise.all(
    [a.visitor, a.owner, a.administrator].map((speaker) => Line.open(server, speaker)),
  );
  for (const line of witnesses)
    await line.command({ type: 'conversation.follow', conversationId: a.ids.conversationId });
  // Present from here on, so that no test changes who is.
  await Line.open(server, a.colleague);
  untouched = await fingerprint(context, a.accountId);
});
after(() => server[Symbol.asyncDispose]());

const noticed = ({ heard }: Line): number => heard.filter(({ type }) => type !== 'head').length;

/** Everybody of this world whom the route lets in. */
function callers(world: World, who: Route['who']): Speaker[] {
  const { administrator, owner, visitor } = world;
  return {
    public: [],
    administrator: [administrator],
    operator: [administrator, owner],
    person: [administrator, owner],
    visitor: [visitor],
  }[who];
}

const ask = (route: Route, { headers }: Speaker, path: string, body?: object): Promise<Answer> =>
  call(server, route.on === 'chat' ? 'chat' : 'console', route.method, path, { headers, body });

function assertNothingOfA(text: string, what: string): void {
  const leaked = [a.canary, a.accountId, ...Object.values(a.ids)].find((secret) => text.includes(secret));
  assert.equal(leaked, undefined, `${what} shows ${leaked}: ${text.slice(0, 300)}`);
}

async function assertUntouched(what: string): Promise<void> {
  assert.deepEqual(await fingerprint(server.context, a.accountId), untouched, `${what} changed account A`);
}

test('B1: every route and every command has its entry, and one without would be found', () => {
  assert.deepEqual(unaccounted(there, handled), []);
  const fake = { method: 'GET' as const, path: '/v1/everything/:id' };
  assert.deepEqual(unaccounted([...there, fake], [...handled, 'everything.take']), [
    'GET /v1/everything/:id',
    'everything.take',
  ]);
  assert.deepEqual(unaccounted(there.slice(1), handled), [`${nameOf(there[0]!)} (gone)`]);
});

test('B1: no address is served beside the routes but these, which know no account', () => {
  const pattern = /\.(?:get|post|put|patch|delete|all)\('(\/[^']*)'/g;
  const files = globSync('{core,features}/**/*.ts', { cwd: import.meta.dirname }).filter(
    (file) => !file.endsWith('.test.ts'),
  );
  const found = ['start.ts', ...files].flatMap((file) =>
    [...readFileSync(`${import.meta.dirname}/${file}`, 'utf8').matchAll(pattern)].map(
      ([, path]) => `${file} ${path}`,
    ),
  );
  const known = ['/*', '/healthz', '/readyz', '/v1/openapi.json', '/v1/openapi.json'];
  assert.deepEqual(found.toSorted(), [
    'core/http/metrics-listener.ts /metrics',
    ...known.map((path) => `start.ts ${path}`),
  ]);
});

describe('B1: a route with the credential of another account', () => {
  for (const [name, entry] of Object.entries(routes)) {
    if ('open' in entry) continue;
    test(name, async () => {
      const route = there.find((one) => nameOf(one) === name);
      assert.ok(route);
      for (const speaker of callers(b, route.who)) {
        if ('aimed' in entry) {
          const { path, body } = entry.aimed(a.ids);
          const foreign = await ask(route, speaker, path, body);
          assert.ok(
            [403, 404].includes(foreign.status) || (name.endsWith('identify') && foreign.status === 401),
            `${foreign.status} ${foreign.text}`,
          );
          const unknown = entry.aimed(nowhere());
          const nothing = await ask(route, speaker, unknown.path, unknown.body);
          assert.deepEqual(
            [foreign.status, foreign.text],
            [nothing.status, nothing.text],
            'the answer tells that the object exists',
          );
          assertNothingOfA(foreign.text, name);
        } else {
          const own = entry.endsSession ? await speakerOf(server.context, speaker.actor) : speaker;
          const answer = await ask(route, own, route.path, entry.own().body);
          assert.ok(answer.status < 300, `${answer.status} ${answer.text}`);
          assertNothingOfA(answer.text, name);
        }
      }
      await assertUntouched(name);
    });
  }
});

describe('B1: the membership of another account, named beside the own session', () => {
  test('is refused by every route for operators as an unknown one is, and as no session is without', async () => {
    const forOperators = there.filter(({ who }) => who === 'operator' || who === 'administrator');
    assert.ok(forOperators.length > 5);
    for (const route of forOperators) {
      const entry = routes[nameOf(route)];
      assert.ok(entry && !('open' in entry));
      const { path, body } = 'aimed' in entry ? entry.aimed(a.ids) : { path: route.path, ...entry.own() };
      const answers: [number, string][] = [];
      for (const operatorId of [
        a.ids.operatorId,
        randomUUID(),
        '',
        'x',
        `${b.ids.operatorId}, ${a.ids.operatorId}`,
      ]) {
        const { status, text } = await ask(
          route,
          { ...b.administrator, headers: { ...b.administrator.headers, 'foyer-operator': operatorId } },
          path,
          body,
        );
        answers.push([status, text]);
      }
      assert.equal(answers[0]?.[0], 403, nameOf(route));
      assert.equal(new Set(answers.map(String)).size, 1, `${nameOf(route)}: ${answers.join()}`);
      const { cookie: _, ...without } = { ...a.administrator.headers };
      assert.equal(
        (await ask(route, { ...a.administrator, headers: without }, path, body)).status,
        401,
        nameOf(route),
      );
    }
    await assertUntouched('a foreign membership');
  });

  test('B5: a normal operator is refused by every route for administrators, in its own account', async () => {
    for (const route of there.filter(({ who }) => who === 'administrator')) {
      const entry = routes[nameOf(route)];
      assert.ok(entry && !('open' in entry));
      const { path, body } = 'aimed' in entry ? entry.aimed(a.ids) : { path: route.path, ...entry.own() };
      assert.equal((await ask(route, a.colleague, path, body)).status, 403, nameOf(route));
    }
    await assertUntouched('a normal operator');
  });

  test("B5: a visitor's token opens nothing on the console, nor a session on the chat", async () => {
    for (const route of there.filter(({ who }) => who !== 'public')) {
      const wrong = route.who === 'visitor' ? a.administrator : a.visitor;
      const origin = route.on === 'chat' ? server.url.chat : server.url.console;
      const path = route.path.replace(/:\w+/, randomUUID());
      const body = route.method === 'GET' ? undefined : {};
      assert.equal(
        (await ask(route, { ...wrong, headers: { ...wrong.headers, origin } }, path, body)).status,
        401,
        nameOf(route),
      );
    }
  });
});

describe('B3: inside one account', () => {
  test("an operator sees neither a colleague's conversation nor its visitor, and cannot tell that they exist", async () => {
    for (const [path, unknown] of [
      [
        `/v1/conversations/${a.ids.conversationId}/entries?before=9`,
        `/v1/conversations/${randomUUID()}/entries?before=9`,
      ],
      [
        `/v1/conversations/${a.ids.closedId}/entries?before=9`,
        `/v1/conversations/${randomUUID()}/entries?before=9`,
      ],
      [`/v1/visitors/${a.ids.visitorId}`, `/v1/visitors/${randomUUID()}`],
    ] as const) {
      const foreign = await call(server, 'console', 'GET', path, { headers: a.colleague.headers });
      const nothing = await call(server, 'console', 'GET', unknown, { headers: a.colleague.headers });
      assert.deepEqual([foreign.status, foreign.text], [404, nothing.text]);
      assert.equal(
        (await call(server, 'console', 'GET', path, { headers: a.administrator.headers })).status,
        200,
      );
    }
  });

  test('what an operator is told of the account holds nothing of a conversation that it may not see', async () => {
    const desk = await Line.open(server, a.colleague);
    const changes = await desk.hear('changes');
    const listed = changes.conversations.map(({ id }) => id);
    assert.deepEqual(listed.toSorted(), [a.ids.waitingId, a.ids.offlineId].toSorted());
    assert.doesNotMatch(
      JSON.stringify(desk.heard.map((frame) => ({ ...frame, removed: [] }))),
      new RegExp(a.ids.visitorId),
    );
    await desk.close();
  });
});

describe("a command aimed at a conversation that is not the speaker's", () => {
  type Who = { name: string; speaker: () => Speaker; within?: true };
  const speakers: Who[] = [
    { name: 'B1: an administrator of another account', speaker: () => b.administrator },
    { name: 'B1: an operator of another account', speaker: () => b.owner },
    { name: 'B1: a visitor of another account', speaker: () => b.visitor },
    { name: 'B3: another visitor of the account', speaker: () => a.otherVisitor },
    { name: 'B3: a colleague of the owner', speaker: () => a.colleague, within: true },
  ];
  for (const { name, speaker, within } of speakers) {
    test(`${name} is refused, learns nothing and is not noticed`, async () => {
      const heardBefore = witnesses.map(noticed);
      for (const [type, { frame, answer, colleague }] of Object.entries(commands)) {
        if (answer === 'own' || (within && colleague === 'done')) continue;
        // One each, or it would soon have said too much.
        await using line = await Line.open(server, speaker());
        if (answer === 'unanswered') {
          line.send(frame(a.ids));
          continue;
        }
        const foreign = await line.command(frame(a.ids));
        assert.ok(foreign.type === 'refused', `${type} was done`);
        const expected = within && colleague ? [colleague] : ['not_found', 'not_allowed'];
        assert.ok(expected.includes(foreign.code), `${type}: ${foreign.code}`);
        if (within && colleague) continue;
        const nothing = await line.command(frame(nowhere()));
        assert.ok(nothing.type === 'refused');
        assert.deepEqual(
          [foreign.code, foreign.message],
          [nothing.code, nothing.message],
          `${type} tells that the conversation exists`,
        );
        assertNothingOfA(JSON.stringify({ ...foreign, ref: '' }), type);
      }
      await sleep(30);
      assert.deepEqual(witnesses.map(noticed), heardBefore, 'somebody of the conversation noticed');
      await assertUntouched(name);
    });

    test(`${name} cannot resume it either`, async () => {
      const { epoch } = server.context;
      const line = await Line.open(
        server,
        speaker(),
        { conversations: { [a.ids.conversationId]: 0 } },
        epoch,
      );
      await line.hear('gone');
      const unknown = randomUUID();
      const other = await Line.open(server, speaker(), { conversations: { [unknown]: 0 } }, epoch);
      assert.equal((await other.hear('gone')).conversationId, unknown);
      assert.ok(
        line.heard.every(
          (frame) => frame.type !== 'entries' || frame.conversationId !== a.ids.conversationId,
        ),
      );
      await Promise.all([line.close(), other.close()]);
    });
  }

  test('what names nothing stays in the account of the speaker', async () => {
    const visitor = await Line.open(server, b.otherVisitor);
    assert.equal((await visitor.command(commands['conversation.start']!.frame(a.ids))).type, 'done');
    const desk = await Line.open(server, b.administrator);
    assert.equal((await desk.command(commands['status.set']!.frame(a.ids))).type, 'done');
    assertNothingOfA(JSON.stringify([...visitor.heard, ...desk.heard]), 'the line');
    await Promise.all([visitor.close(), desk.close()]);
    await assertUntouched('an own command');
  });
});
