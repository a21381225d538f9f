import fc from 'fast-check';
import { isOperatorSeat, operatorSeats, seats, watchers, type Seat } from './chat-world.ts';

const seat = fc.constantFrom(...seats);
const watcher = fc.constantFrom(...watchers);
const operator = fc.constantFrom(...operatorSeats);
const visitor = fc.constantFrom(...seats.filter((each) => !isOperatorSeat(each)));
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
type Kind = (typeof ofVisitors)[number] | (typeof ofOperators)[number] | (typeof ofBoth)[number];
const ofVisitors = ['post', 'post', 'start', 'page', 'details', 'close'] as const;
const ofOperators = [
  ...(['accept', 'accept', 'post', 'post', 'close', 'take', 'decline', 'cancel', 'note'] as const),
  ...(['transfer', 'transfer'] as const),
];
const ofBoth = ['delivered', 'read'] as const;
const utteranceOf = (kinds: readonly Kind[]) =>
  fc.record({ kind: fc.constantFrom(...kinds), which, number: fc.nat(9) });
const utterance = utteranceOf([...ofVisitors, ...ofOperators, ...ofBoth]);
/** `again`: the same once more, as it was said that many utterances ago by the same person. */
const saidBy = (who: fc.Arbitrary<Seat>, kinds: readonly Kind[]) =>
  fc.record({ seat: who, what: utteranceOf(kinds), again: fc.option(fc.nat(4), { freq: 4 }) });
const said = fc.oneof(
  { weight: 3, arbitrary: saidBy(visitor, [...ofVisitors, ...ofBoth]) },
  { weight: 5, arbitrary: saidBy(operator, [...ofOperators, ...ofBoth]) },
  // Also what nobody of the kind may say.
  { weight: 1, arbitrary: saidBy(seat, [...ofVisitors, ...ofOperators]) },
);

const race = fc
  .tuple(
    which,
    fc.uniqueArray(
      fc.tuple(
        seat,
        fc.constantFrom(...(['accept', 'accept', 'post', 'close', 'take', 'decline', 'transfer'] as const)),
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

/** null: who has made the offer. */
const answer = fc.tuple(
  fc.oneof({ weight: 4, arbitrary: operator }, seat, fc.constant(null)),
  fc.constantFrom(
    ...(['accept', 'accept', 'accept', 'decline', 'decline', 'decline'] as const),
    ...(['cancel', 'take', 'post', 'note', 'close'] as const),
  ),
);

/** What can happen; what cannot happen just then is left out. */
const step = fc.oneof(
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
  {
    weight: 12,
    arbitrary: fc.record({
      type: fc.constant('hand over' as const),
      which,
      to: fc.nat(4),
      answers: fc.array(answer, { minLength: 1, maxLength: 4 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('cut' as const), seat }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('lose' as const), which }) },
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
export type Plan = { kind: Kind; which: number; number: number };

const says = (who: (typeof seats)[number], what: Plan['kind']) => ({
  seat: who,
  what: { kind: what, which: 0, number: 0 },
  again: null,
});

/** Mostly something has begun already, so that there is something to hand over. */
const opening: Step[] = [
  { type: 'say', all: [says('wim', 'start'), says('vera', 'start')] },
  { type: 'say', all: [says('anna', 'accept')] },
];
export const script = fc
  .tuple(
    fc.constantFrom([], opening, opening, opening),
    fc.array(step, { minLength: 1, maxLength: 20, size: 'max' }),
  )
  .map(([begun, steps]): Step[] => [...begun, ...steps]);

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
  // A limit of one was reached by who answers in the chat that it has just taken.
  [
    [
      { type: 'say', all: [says('vera', 'start')] },
      { type: 'say', all: [says('bela', 'accept'), says('bela', 'post')] },
    ],
  ],
];
