/**
 * For `node --import`: a wall clock that is wrong, and wrong in another way every few seconds. FOYER_TEST_CLOCK names the
 * hours that it is ahead, one after the other and from the beginning again: `0,24,-24`; FOYER_TEST_CLOCK_SECONDS how long
 * each holds. Timers and performance.now() go right, as they do when somebody sets the clock of a machine.
 */
const HOUR = 3_600_000;

const hours = (process.env['FOYER_TEST_CLOCK'] ?? '').split(',').map(Number);
const seconds = Number(process.env['FOYER_TEST_CLOCK_SECONDS']);
const Right = Date;

function now(): number {
  const step = Math.floor(Right.now() / 1000 / seconds) % hours.length;
  return Right.now() + (hours[step] ?? 0) * HOUR;
}

globalThis.Date = new Proxy(Right, {
  construct: (target, args, made) => Reflect.construct(target, args.length === 0 ? [now()] : args, made),
  get: (target, name) => (name === 'now' ? now : Reflect.get(target, name)),
});
