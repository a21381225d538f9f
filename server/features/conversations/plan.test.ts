import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Conversation, Desk } from '#protocol/conversations.ts';
import type { Entry } from '#protocol/entries.ts';
import type { Distribution } from '#protocol/routing.ts';
import { defaultSettings } from '../routing/default-settings.ts';
import type { RoutedOperator, RoutingConfig } from '../routing/route.ts';
import type { StoredConversation } from '../../unscoped/stored-conversation.ts';
import { blankConversation } from './blank-conversation.ts';
import { plan, type Waiting } from './plan.ts';
import { project } from './project.ts';

const runs = Number(process.env['FOYER_RUNS'] ?? 1500);
const NOW = Date.parse('2026-11-22T09:00:00.000Z');
const instant = (seconds: number) => new Date(NOW + seconds * 1000).toISOString();

const config = (more: Partial<RoutingConfig['settings']> = {}): RoutingConfig => ({
  accountLanguage: 'en',
  settings: { ...defaultSettings, languages: ['en'], answerWithin: 30, missedAfter: 300, ...more },
  departments: [],
  destinations: {},
  rules: [],
  offlineRecipients: [],
  undoable: false,
});
const operator = (id: string, more: Partial<RoutedOperator> = {}): RoutedOperator => ({
  id,
  name: id,
  status: 'online',
  load: 0,
  capacity: null,
  offeredAt: null,
  ...more,
});
const everybody: Desk = { audience: null, ring: null, ringUntil: null, passed: [], transfer: null };
let made = 0;
const chat = (more: Partial<Conversation> = {}): Conversation => {
  const { conversation } = blankConversation({
    accountId: 'a',
    chatboxId: 'box',
    channel: 'chat',
    visitor: { id: `v${(made += 1)}`, name: null, email: null },
    desk: everybody,
  });
  return { ...conversation, createdAt: instant(made), waitingSince: instant(-10), ...more };
};
const open = (owner: string, more: Partial<Conversation> = {}) =>
  chat({ state: 'open', operator: { id: owner, name: owner }, waitingSince: null, desk: null, ...more });
const alone: Partial<RoutingConfig['settings']> = { distribution: 'round-robin' };
const rung = (id: string, seconds: number, passed: string[] = []): Desk => ({
  ...everybody,
  ring: [id],
  ringUntil: instant(seconds),
  passed,
});

const run = (waiting: Partial<Waiting>) =>
  plan({
    config: config(),
    operators: [operator('anna'), operator('bela')],
    desks: [],
    left: [],
    messages: [],
    at: new Date(NOW),
    ...waiting,
  });

/** What the conversation is after the plan. */
function after(seen: Conversation, { steps }: ReturnType<typeof plan>): Conversation {
  const happenings = steps.find((step) => step.seen.id === seen.id)?.happenings ?? [];
  const stored: StoredConversation = {
    accountId: 'a',
    chatboxId: 'box',
    unreadSeqs: [],
    visitorUnreadSeqs: [],
    conversation: seen,
  };
  return happenings.reduce((now, what) => {
    const entry: Entry = {
      seq: now.conversation.lastSeq + 1,
      at: instant(0),
      sender: { kind: 'system' },
      what,
    };
    return project(now, entry);
  }, stored).conversation;
}

test('OP-14: who rings everybody needs no step, whoever comes and goes', () => {
  assert.deepEqual(run({ desks: [chat(), chat()] }).steps, []);
  assert.deepEqual(run({ desks: [chat()], operators: [] }).steps, []);
});

test('OP-14: one at a time rings who was not rung for longest; who is rung has its time', () => {
  const operators = [
    operator('anna', { offeredAt: NOW - 1000 }),
    operator('bela', { offeredAt: NOW - 9000 }),
  ];
  const waits = chat({ desk: { ...everybody, ring: [] } });
  assert.deepEqual(after(waits, run({ config: config(alone), operators, desks: [waits] })).desk?.ring, [
    'bela',
  ]);
  const rings = chat({ desk: rung('anna', 5) });
  assert.deepEqual(run({ config: config(alone), operators, desks: [rings] }).steps, []);
});

test('OP-14: who let it ring is passed over, and when all have, it rings all', () => {
  const late = chat({ desk: rung('anna', -1) });
  const once = after(late, run({ config: config(alone), desks: [late] }));
  assert.deepEqual([once.desk?.ring, once.desk?.passed], [['bela'], ['anna']]);
  const again = { ...once, desk: once.desk && { ...once.desk, ringUntil: instant(-1) } };
  const twice = after(again, run({ config: config(alone), desks: [again] }));
  assert.deepEqual([twice.desk?.ring, twice.desk?.ringUntil], [null, null]);
  assert.deepEqual(
    run({ config: config(alone), desks: [twice] }).steps,
    [],
    'and it is not offered anew for ever',
  );
});

test('OP-14: an operator who goes, or has enough to do, is not rung any longer', () => {
  for (const anna of [operator('anna', { status: 'offline' }), operator('anna', { load: 3, capacity: 3 })]) {
    const rings = chat({ desk: rung('anna', 20) });
    const now = after(
      rings,
      run({ config: config(alone), operators: [anna, operator('bela')], desks: [rings] }),
    );
    assert.deepEqual(now.desk?.ring, ['bela']);
  }
});

test('OP-14: the chats that ring an operator count as his, so that five chats ring five operators', () => {
  const operators = ['a', 'b', 'c', 'd', 'e'].map((id) => operator(id));
  const desks = operators.map(() => chat({ desk: { ...everybody, ring: [] } }));
  for (const distribution of ['least-busy', 'round-robin'] as const) {
    const made = run({ config: config({ distribution }), operators, desks });
    const rings = desks.map((seen) => after(seen, made).desk?.ring?.[0]);
    assert.deepEqual(rings.map(String).toSorted(), ['a', 'b', 'c', 'd', 'e']);
  }
});

test('VI-13: what nobody took in time becomes an offline message; before that the plan says when', () => {
  const waits = chat({ waitingSince: instant(-300) });
  assert.equal(after(waits, run({ desks: [waits] })).channel, 'offline');
  assert.equal(run({ desks: [chat({ waitingSince: instant(-100) })] }).due, NOW + 200_000);
  assert.equal(
    run({ desks: [chat({ waitingSince: instant(-900) })], config: config({ missedAfter: null }) }).due,
    null,
  );
});

test('VI-13: the place in the queue counts those before who wait for the same people', () => {
  const of = (...audience: string[]) => ({ ...everybody, audience });
  const rules = config();
  rules.departments = [
    { id: 's', name: 'Sales', operators: ['anna'] },
    { id: 'h', name: 'Help', operators: ['bela'] },
  ];
  rules.destinations = {
    anna: [{ language: 'en', departmentId: 's' }],
    bela: [{ language: 'en', departmentId: 'h' }],
  };
  const sales = { department: { id: 's', name: 'Sales' }, desk: of('anna') };
  const help = { department: { id: 'h', name: 'Help' }, desk: of('bela') };
  const desks = [chat(sales), chat(help), chat(sales), chat(help)];
  const { places, steps } = run({ config: rules, desks });
  assert.deepEqual(steps, []);
  assert.deepEqual(
    desks.map(({ id }) => places.get(id)?.position),
    [1, 1, 2, 2],
  );
});

test('VI-13: whether somebody is there is said of the chat, not of the account; while it is closed, when it opens', () => {
  const rules = config();
  rules.departments = [
    { id: 's', name: 'Sales', operators: ['anna'] },
    { id: 'h', name: 'Help', operators: ['bela'] },
  ];
  rules.destinations = {
    anna: [{ language: 'en', departmentId: 's' }],
    bela: [{ language: 'en', departmentId: 'h' }],
  };
  const operators = [operator('anna', { load: 1, capacity: 1 }), operator('bela', { status: 'away' })];
  const sales = chat({ department: { id: 's', name: 'Sales' } });
  const help = chat({ department: { id: 'h', name: 'Help' } });
  const left = open('gone', { department: { id: 'h', name: 'Help' } });
  const told = (places: ReturnType<typeof plan>['places']) =>
    [sales, help, left].map(({ id }) => {
      const { online, opensAt } = places.get(id) ?? {};
      return { online, opensAt };
    });
  const waiting = { operators, desks: [sales, help], left: [left] };
  assert.deepEqual(told(run({ ...waiting, config: rules }).places), [
    { online: true, opensAt: null },
    { online: false, opensAt: null },
    { online: false, opensAt: null },
  ]);
  // NOW is a Sunday.
  const week = Array.from({ length: 7 }, (_, day) => (day === 0 ? [{ from: '09:00', to: '17:00' }] : []));
  const hours = { timeZone: 'UTC', week, exceptions: [] };
  const closed = { ...rules, settings: { ...rules.settings, hours } };
  const monday = { online: false, opensAt: '2026-11-23T09:00:00.000Z' };
  assert.deepEqual(told(run({ ...waiting, config: closed }).places), [monday, monday, monday]);
});

test('VI-13: who loses an operator is served before those who came later', () => {
  const left = open('gone');
  const later = chat();
  const { places } = run({ desks: [later], left: [left] });
  assert.deepEqual([places.get(left.id)?.position, places.get(later.id)?.position], [1, 2]);
});

test('OC-12: an offer ends with its time, and when nobody is left to take it; else it stays', () => {
  const transfer = {
    to: { kind: 'operator', id: 'bela', name: 'bela' },
    from: { id: 'anna', name: 'anna' },
    audience: ['bela'],
  } as const;
  const offered = (until: number) =>
    open('anna', {
      desk: { ...everybody, transfer: { ...transfer, audience: ['bela'], until: instant(until) } },
    });
  assert.deepEqual(run({ desks: [offered(10)] }).steps, []);
  assert.equal(run({ desks: [offered(10)] }).due, NOW + 10_000);
  assert.deepEqual(run({ desks: [offered(-1)] }).steps[0]?.happenings, [
    { kind: 'transfer-ended', why: 'timeout' },
  ]);
  const gone = run({
    desks: [offered(10)],
    operators: [operator('anna'), operator('bela', { status: 'offline' })],
  });
  assert.deepEqual(gone.steps[0]?.happenings, [{ kind: 'transfer-ended', why: 'unavailable' }]);
});

test('OP-14: what a lost operator left goes back to the queue, offered to the others in the same step', () => {
  const left = open('clara');
  const now = after(left, run({ left: [left] }));
  assert.deepEqual([now.state, now.operator, now.waitingSince], ['waiting', null, instant(0)]);
  assert.deepEqual(now.desk, everybody);
});

test('P4: after any plan everybody is offered to whom the rules allow, a second look finds nothing, and nobody is lost', () => {
  const ids = ['anna', 'bela', 'clara', 'dora'];
  const anyOperators = fc.tuple(
    ...ids.map((id) =>
      fc
        .record({
          status: fc.constantFrom('online', 'online', 'away', 'offline'),
          load: fc.nat(3),
          capacity: fc.constantFrom(null, 1, 3),
          offeredAt: fc.constantFrom(null, NOW - 5000, NOW - 1000),
        })
        .map((more) => operator(id, more as Partial<RoutedOperator>)),
    ),
  );
  // As entries make them: who is rung alone has a time, and has not passed.
  const anyDesk = fc
    .record({
      audience: fc.option(fc.subarray(ids)),
      ring: fc.constantFrom(null, [], ...ids.map((id) => [id])),
      until: fc.constantFrom(instant(-5), instant(15)),
      passed: fc.subarray(ids),
    })
    .map(({ audience, ring, until, passed }): Desk => ({
      audience,
      ring,
      ringUntil: ring?.length ? until : null,
      passed: passed.filter((id) => !ring?.includes(id)),
      transfer: null,
    }));
  const anyConfig = fc.record({
    distribution: fc.constantFrom<Distribution>('ring-all', 'round-robin', 'least-busy'),
    capacity: fc.constantFrom(null, 2),
    missedAfter: fc.constantFrom(null, 300),
  });
  const anyQueue = fc.array(fc.tuple(anyDesk, fc.constantFrom(-10, -299, -301)), { maxLength: 6 });
  fc.assert(
    fc.property(anyConfig, anyOperators, anyQueue, fc.nat(2), (settings, operators, queue, lost) => {
      const rules = config(settings);
      const desks = queue.map(([desk, since]) => chat({ desk, waitingSince: instant(since) }));
      const left = Array.from({ length: lost }, () => open('gone'));
      const first = run({ config: rules, operators, desks, left });
      const now = [...desks, ...left].map((seen) => after(seen, first));
      for (const conversation of now) {
        if (conversation.channel === 'offline') continue;
        assert.equal(conversation.state, 'waiting');
        assert.ok(conversation.waitingSince && conversation.desk, 'it is in the queue');
        const { audience, ring } = conversation.desk;
        if (settings.distribution === 'ring-all') assert.equal(ring, null);
        for (const id of ring ?? []) {
          const who = operators.find((each) => each.id === id);
          assert.equal(who?.status, 'online', 'who is rung is there');
          assert.ok(audience === null || audience.includes(id), 'and may take it');
          const most = who.capacity ?? settings.capacity;
          const rings = now.filter(
            ({ channel, desk }) => channel === 'chat' && desk?.ring?.[0] === id,
          ).length;
          assert.ok(most === null || who.load + rings <= most, 'and has room for all that ring him');
        }
      }
      const waiting = now.filter(({ channel }) => channel === 'chat');
      const again = run({ config: rules, operators, desks: waiting });
      // Whom the first look rang is the last in turn now; nothing else has changed.
      assert.deepEqual(
        again.steps.map(({ happenings }) => happenings),
        [],
      );
      assert.equal(again.places.size, waiting.length);
    }),
    { numRuns: runs, seed: Number(process.env['FOYER_SEED'] ?? 1) },
  );
});
