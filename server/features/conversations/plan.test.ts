import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Conversation, Desk } from '#protocol/conversations.ts';
import type { Distribution } from '#protocol/routing.ts';
import { hasRoom, type RoutedOperator } from '../routing/route.ts';
import {
  after,
  alone,
  chat,
  config,
  everybody,
  instant,
  NOW,
  open,
  operator,
  rung,
  run,
} from '../../test/waiting.ts';
import { isRinging } from '../../../console/features/conversations/ringing.ts';

const runs = Number(process.env['FOYER_RUNS'] ?? 1500);

/** Whom it calls, as each one's own console sees it. */
const called = (conversation: Conversation, operators: RoutedOperator[], rules = config()): string[] =>
  operators
    .filter((each) => {
      const { id: operatorId, status } = each;
      return isRinging(conversation, { operatorId, status, hasRoom: hasRoom(rules, each) });
    })
    .map(({ id }) => id);

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
  const clara = operator('clara', { load: 1, capacity: 1 });
  const dora = operator('dora');
  const there = [operator('anna'), operator('bela'), clara, dora];
  assert.deepEqual(called(twice, there), ['anna', 'bela', 'dora'], 'who let it ring, and who has come');
  assert.deepEqual(
    run({ config: config(alone), desks: [twice] }).steps,
    [],
    'and it is not offered anew for ever',
  );
});

test('OP-14: who declined is never rung again, also when it rings all', () => {
  const operators = [operator('anna'), operator('bela')];
  const declined = chat({ desk: { ...rung('bela', -1, ['anna']), declined: ['anna'] } });
  const now = after(declined, run({ config: config(alone), operators, desks: [declined] }));
  assert.deepEqual([now.desk?.ring, called(now, operators)], [null, ['bela']]);
});

test('OP-14: what nobody is to answer now rings nobody, until somebody is', () => {
  const closed = { timeZone: 'UTC', week: [[], [], [], [], [], [], []], exceptions: [] };
  const operators = [operator('anna'), operator('bela')];
  for (const distribution of ['ring-all', 'round-robin'] as const) {
    const none = config({ distribution, hours: closed });
    for (const waits of [
      chat(),
      chat({ desk: rung('anna', 20) }),
      chat({ desk: { ...everybody, passed: ['anna'] } }),
    ]) {
      const now = after(waits, run({ config: none, operators, desks: [waits] }));
      assert.deepEqual(called(now, operators), [], 'it is closed');
      const open = config({ distribution });
      const again = after(now, run({ config: open, operators, desks: [now] }));
      assert.ok(called(again, operators).length > 0, 'it is open again');
    }
    const rules = config({ distribution });
    rules.departments = [{ id: 's', name: 'Sales', operators: [] }];
    const sales = chat({ department: { id: 's', name: 'Sales' } });
    const empty = after(sales, run({ config: rules, operators, desks: [sales] }));
    assert.deepEqual([empty.desk?.audience, called(empty, operators)], [null, []], 'nobody is in Sales');
    const german = config({ distribution, languageFallback: 'queue' });
    german.destinations = {
      anna: [{ language: 'de', departmentId: null }],
      bela: [{ language: 'de', departmentId: null }],
    };
    const french = chat({ language: 'fr' });
    const left = after(french, run({ config: german, operators, desks: [french] }));
    assert.deepEqual(called(left, operators), [], 'it waits for anybody, and calls nobody');
  }
});

test('OP-14: who gets free is rung with all at once, without a step', () => {
  const busy = [operator('anna', { load: 1, capacity: 1 }), operator('bela', { status: 'away' })];
  const waits = chat();
  assert.deepEqual(run({ operators: busy, desks: [waits] }).steps, []);
  assert.deepEqual(called(waits, busy), []);
  assert.deepEqual(called(waits, [operator('anna', { capacity: 1 }), operator('bela')]), ['anna', 'bela']);
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
      declined: fc.subarray(ids),
    })
    .map(({ audience, ring, until, passed, declined }): Desk => {
      const turns = passed.filter((id) => !ring?.includes(id));
      return {
        audience,
        ring,
        ringUntil: ring?.length ? until : null,
        passed: turns,
        declined: declined.filter((id) => turns.includes(id)),
        transfer: null,
      };
    });
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
        const calls = called(conversation, operators, rules);
        for (const each of operators) {
          const mayTake = audience === null || audience.includes(each.id);
          const free = mayTake && each.status === 'online' && hasRoom(rules, each);
          const wants = free && !conversation.desk.declined.includes(each.id);
          if (calls.includes(each.id))
            assert.ok(wants, 'who is called is there, may take it, and has not declined');
          else if (ring === null) assert.ok(!wants, 'and where it rings all, all of them are');
          const others = now.filter((other) => other !== conversation && other.channel === 'chat');
          const engaged = others.filter(({ desk }) => desk?.ring?.includes(each.id)).length;
          const room = hasRoom(rules, { ...each, load: each.load + engaged });
          assert.ok(calls.length > 0 || !wants || !room, 'while somebody could take it, somebody is called');
        }
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
