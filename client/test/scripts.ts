import fc from 'fast-check';

const share = fc.constantFrom(0, 0, 0.1, 0.5);
const who = fc.constantFrom('vera', 'wim', 'anna', 'bela');
const tab = fc.nat(4);

/** What can happen, and for how long nothing happens after it. */
export const step = fc.record({
  wait: fc.oneof(fc.nat(200), fc.nat(5000), { arbitrary: fc.nat(70_000), weight: 1 }),
  what: fc.oneof(
    {
      weight: 12,
      arbitrary: fc.record({
        type: fc.constant('send' as const),
        tab,
        kind: fc.constantFrom(
          'text',
          'text',
          'text',
          'text',
          'read',
          'delivered',
          'details',
          'page',
          'accept',
          'close',
        ),
        times: fc.integer({ min: 1, max: 8 }),
        rare: fc.nat(9),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        type: fc.constant('faults' as const),
        faults: fc.record({ lose: share, double: share, late: share, refuse: share, loseAnswer: share }),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        type: fc.constant('cut' as const),
        who,
        code: fc.constantFrom(0, 0, 1001, 1006, 1012, 1013, 4001, 4003),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        type: fc.constant('block' as const),
        block: fc.constantFrom('no' as const, 'fails' as const, 'hangs' as const),
      }),
    },
    { weight: 1, arbitrary: fc.record({ type: fc.constant('restart' as const), bye: fc.boolean() }) },
    { weight: 1, arbitrary: fc.record({ type: fc.constant('down' as const), down: fc.boolean() }) },
    { weight: 1, arbitrary: fc.record({ type: fc.constant('backup' as const) }) },
    { weight: 1, arbitrary: fc.record({ type: fc.constant('epoch' as const), restore: fc.boolean() }) },
    { weight: 1, arbitrary: fc.record({ type: fc.constant('expire' as const) }) },
    { weight: 1, arbitrary: fc.record({ type: fc.constant('note' as const) }) },
    { weight: 1, arbitrary: fc.record({ type: fc.constant('reload' as const), tab }) },
    { weight: 1, arbitrary: fc.record({ type: fc.constant('leave' as const), tab }) },
    {
      weight: 2,
      arbitrary: fc.record({
        type: fc.constant('page' as const),
        tab,
        event: fc.constantFrom(
          'hide' as const,
          'show' as const,
          'offline' as const,
          'online' as const,
          'visible' as const,
        ),
      }),
    },
    { weight: 1, arbitrary: fc.record({ type: fc.constant('sleep' as const), ms: fc.nat(3_600_000) }) },
  ),
});
export type Step = (typeof step extends fc.Arbitrary<infer Value> ? Value : never)['what'];

/** Scripts that once failed. */
export const found: [{ what: Step; wait: number }[], number, boolean][] = [
  // The credential expired while the old line was going: the next one was tried with the old credential for ever.
  [
    [
      { wait: 0, what: { type: 'restart', bye: true } },
      { wait: 0, what: { type: 'expire' } },
      { wait: 8, what: { type: 'note' } },
      { wait: 44_870, what: { type: 'cut', who: 'wim', code: 0 } },
      {
        wait: 9883,
        what: { type: 'faults', faults: { lose: 0, double: 0, late: 0, refuse: 0, loseAnswer: 0 } },
      },
      { wait: 0, what: { type: 'send', tab: 2, kind: 'text', times: 1, rare: 0 } },
      { wait: 0, what: { type: 'send', tab: 0, kind: 'text', times: 1, rare: 0 } },
      { wait: 0, what: { type: 'block', block: 'no' } },
    ],
    12,
    false,
  ],
];
