import fc from 'fast-check';
import { seats, watchers } from './chat-world.ts';

const seat = fc.constantFrom(...seats);
const watcher = fc.constantFrom(...watchers);
const operator = fc.constantFrom('anna' as const, 'bela' as const, 'clara' as const);
/** Which conversation: 0 is the newest. */
const which = fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.nat(3));
/** A position of a stream, counted from its end plus three. */
const back = fc.nat(25);
const epoch = fc.constantFrom(
  'own' as const,
  'own' as const,
  'own' as const,
  'other' as const,
  'none' as const,
);
const kind = fc.constantFrom(
  ...([
    'post',
    'post',
    'post',
    'start',
    'start',
    'accept',
    'close',
    'delivered',
    'read',
    'page',
    'details',
  ] as const),
);

const utterance = fc.record({ kind, which, number: fc.nat(9) });
/** `again`: the same once more, as it was said that many utterances ago by the same person. */
const said = fc.record({ seat, what: utterance, again: fc.option(fc.nat(4), { freq: 4 }) });

const race = fc
  .tuple(
    which,
    fc.uniqueArray(
      fc.tuple(
        seat,
        fc.constantFrom('accept' as const, 'accept' as const, 'post' as const, 'close' as const),
      ),
      {
        minLength: 2,
        maxLength: 4,
      },
    ),
  )
  .map(([target, all]) =>
    all.map(([who, what]) => ({
      seat: who,
      what: { kind: what, which: target, number: 0 },
      again: null,
    })),
  );

/** What can happen; what cannot happen just then is left out. */
export const step = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      type: fc.constant('say' as const),
      all: fc.oneof(
        { weight: 4, arbitrary: fc.array(said, { minLength: 1, maxLength: 1 }) },
        { weight: 2, arbitrary: fc.array(said, { minLength: 2, maxLength: 5 }) },
        race,
      ),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      type: fc.constant('resume' as const),
      seat,
      which: fc.array(which, { maxLength: 3 }),
      back,
      account: back,
      epoch,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ type: fc.constant('follow' as const), seat, which, back }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constant('outage' as const),
      before: fc.array(fc.record({ watcher, what: utterance }), { maxLength: 4 }),
      fault: fc.oneof(
        { weight: 8, arbitrary: fc.constant('cut' as const) },
        { weight: 1, arbitrary: fc.constantFrom('restart' as const, 'crash' as const) },
      ),
      /** ms */
      pause: fc.constantFrom(0, 1, 3),
      after: fc.array(fc.record({ watcher, what: utterance }), { maxLength: 3 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('cut' as const), seat }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('look' as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constant('status' as const),
      operator,
      status: fc.constantFrom('online' as const, 'away' as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('revoke' as const), operator }) },
);
export type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;
export type Plan = typeof utterance extends fc.Arbitrary<infer Value> ? Value : never;

const says = (who: (typeof seats)[number], what: Plan['kind']) => ({
  seat: who,
  what: { kind: what, which: 0, number: 0 },
  again: null,
});

/** Scripts that once failed. */
export const found: [Step[]][] = [
  // A first message that found a chat open which was closed at that moment was refused, instead of beginning the next.
  [
    [
      { type: 'say', all: [says('vera', 'start')] },
      ...[1, 2, 3, 4].map((): Step => {
        return { type: 'say', all: [says('clara', 'close'), says('vera', 'start'), says('vera', 'start')] };
      }),
    ],
  ],
];
