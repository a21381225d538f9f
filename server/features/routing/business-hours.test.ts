import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import type { Hours } from '#protocol/routing.ts';
import { isOpen, isTimeZone, nextOpening } from './business-hours.ts';

const MINUTE = 60_000;
const none: Hours['week'] = [[], [], [], [], [], [], []];
const weekOf = (...intervals: [day: number, from: string, to: string][]): Hours['week'] =>
  none.map((_, index) =>
    intervals.filter(([day]) => day === index + 1).map(([, from, to]) => ({ from, to })),
  );
const hoursOf = (
  week: Hours['week'],
  exceptions: Hours['exceptions'] = [],
  timeZone = 'Europe/Zagreb',
): Hours => ({
  timeZone,
  week,
  exceptions,
});
const holiday = (date: string, ...intervals: Hours['exceptions'][number]['intervals']) => ({
  date,
  name: null,
  intervals,
});
/** Local time in the zone of the hours. */
const open = (hours: Hours, local: string): boolean => isOpen(hours, momentOf(hours, local));
const momentOf = ({ timeZone }: Hours, local: string): Date =>
  new Date(Temporal.PlainDateTime.from(local).toZonedDateTime(timeZone).epochMilliseconds);
const next = (hours: Hours, local: string): string | undefined =>
  nextOpening(hours, momentOf(hours, local))?.toISOString();

// 2026-11-23 is a Monday.
test('OP-14: several intervals a day, over midnight, whole days, and their edges', () => {
  const hours = hoursOf(
    weekOf([1, '08:00', '12:00'], [1, '13:00', '17:00'], [5, '22:00', '02:30'], [7, '00:00', '24:00']),
  );
  const table: Record<string, boolean> = {
    '2026-11-23T07:59:59': false,
    '2026-11-23T08:00': true,
    '2026-11-23T11:59:59': true,
    '2026-11-23T12:00': false,
    '2026-11-23T13:00': true,
    '2026-11-23T17:00': false,
    '2026-11-24T09:00': false,
    '2026-11-27T23:00': true,
    '2026-11-28T02:29': true,
    '2026-11-28T02:30': false,
    '2026-11-27T02:00': false,
    '2026-11-28T23:59': false,
    '2026-11-29T00:00': true,
    '2026-11-29T23:59': true,
    '2026-11-30T00:00': false,
  };
  for (const [local, expected] of Object.entries(table)) assert.equal(open(hours, local), expected, local);
  assert.equal(open(hoursOf(weekOf([1, '09:00', '09:00'])), '2026-11-24T08:59'), true, 'round the clock');
  assert.equal(next(hours, '2026-11-23T12:00'), '2026-11-23T12:00:00.000Z');
  assert.equal(next(hours, '2026-11-23T08:30'), '2026-11-23T07:30:00.000Z', 'open already');
  assert.equal(next(hours, '2026-11-29T12:00'), '2026-11-29T11:00:00.000Z');
  assert.equal(next(hours, '2026-11-30T17:00'), '2026-12-04T21:00:00.000Z');
});

test('OP-14: an exception replaces what begins on its date; what began the evening before runs to its end', () => {
  const daily = weekOf(
    ...[1, 2, 3, 4, 5, 6, 7].map((day): [number, string, string] => [day, '18:00', '02:00']),
  );
  const hours = hoursOf(daily, [
    holiday('2026-12-25'),
    holiday('2026-12-31', { from: '10:00', to: '12:00' }),
    holiday('2026-12-31', { from: '14:00', to: '15:00' }),
  ]);
  const table: Record<string, boolean> = {
    '2026-12-25T01:59': true,
    '2026-12-25T02:00': false,
    '2026-12-25T19:00': false,
    '2026-12-26T01:00': false,
    '2026-12-26T19:00': true,
    '2026-12-31T11:00': true,
    '2026-12-31T14:30': true,
    '2026-12-31T19:00': false,
    '2027-01-01T01:00': false,
  };
  for (const [local, expected] of Object.entries(table)) assert.equal(open(hours, local), expected, local);
  assert.equal(next(hours, '2026-12-25T02:00'), '2026-12-26T17:00:00.000Z');
});

test('OP-14: the next opening is found behind any number of holidays, or there is none', () => {
  const mondays = Array.from({ length: 200 }, (_, week) =>
    holiday(Temporal.PlainDate.from('2026-11-23').add({ weeks: week }).toString()),
  );
  const hours = hoursOf(weekOf([1, '09:00', '17:00']), mondays);
  assert.equal(next(hours, '2026-11-22T12:00'), '2030-09-23T07:00:00.000Z');
  assert.equal(next(hoursOf(none), '2026-11-22T12:00'), undefined);
  const past = holiday('2020-01-01', { from: '09:00', to: '10:00' });
  assert.equal(next(hoursOf(none, [past]), '2026-11-22T12:00'), undefined);
  const far = [
    holiday('2036-05-02', { from: '09:00', to: '10:00' }),
    holiday('2035-05-01', { from: '09:00', to: '10:00' }),
  ];
  assert.equal(next(hoursOf(none, far), '2026-11-22T12:00'), '2035-05-01T07:00:00.000Z');
});

test('OP-14: an hour that comes twice counts twice, around midnight too', () => {
  const nextUtc = (hours: Hours, at: string) => nextOpening(hours, new Date(at))?.toISOString();
  // 2026-10-25 in Zagreb: after 02:59 comes 02:00 again, at 01:00 UTC.
  const early = hoursOf(weekOf([7, '02:15', '02:45']));
  assert.equal(nextUtc(early, '2026-10-25T00:50:00Z'), '2026-10-25T01:15:00.000Z');
  // 2026-11-01 in Havana: after 00:59 comes 00:00 again, at 05:00 UTC.
  const late = hoursOf(weekOf([6, '24:00', '00:05'], [7, '00:40', '00:50']), [], 'America/Havana');
  assert.equal(nextUtc(late, '2026-11-01T04:30:00Z'), '2026-11-01T04:40:00.000Z');
  assert.equal(nextUtc(late, '2026-11-01T04:55:00Z'), '2026-11-01T05:00:00.000Z');
});

test('OP-14: a zone is one that this server knows', () => {
  for (const zone of ['Europe/Zagreb', 'UTC', 'Asia/Kathmandu', 'America/Argentina/Ushuaia'])
    assert.ok(isTimeZone(zone), zone);
  for (const zone of ['Europe/Atlantis', '', 'Mars', '+01:99']) assert.ok(!isTimeZone(zone), zone);
});

/** Every change of a clock in the years 2020 to 2040. */
function changes(): { timeZone: string; at: number }[] {
  return Intl.supportedValuesOf('timeZone').flatMap((timeZone) => {
    const found: { timeZone: string; at: number }[] = [];
    let at = Temporal.ZonedDateTime.from(`2020-01-01T00:00[${timeZone}]`).getTimeZoneTransition('next');
    while (at && at.year < 2040) {
      found.push({ timeZone, at: at.epochMilliseconds });
      at = at.getTimeZoneTransition('next');
    }
    return found;
  });
}

/** What the clock on the wall shows, by Intl alone: date and minute of the day. */
function wallClock(timeZone: string): (at: number) => { date: string; minute: number } {
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    hourCycle: 'h23',
    dateStyle: 'short',
    timeStyle: 'short',
  });
  return (at) => {
    const [date = '', time = ''] = format.format(at).split(', ');
    return { date, minute: Number(time.slice(0, 2)) * 60 + Number(time.slice(3)) };
  };
}

/** Written by itself: lists every minute of a date and of the night after it in which the business is open. */
function openMinutes({ week, exceptions }: Hours, date: string): Set<number> {
  const own = exceptions.filter((one) => one.date === date);
  const weekday = (new Date(`${date}T00:00Z`).getUTCDay() + 6) % 7;
  const all = new Set<number>();
  for (const { from, to } of own.length > 0 ? own.flatMap((one) => one.intervals) : (week[weekday] ?? [])) {
    const clock = (time: string) => time.split(':').map(Number) as [number, number];
    const [[fromHour, fromMinute], [toHour, toMinute]] = [clock(from), clock(to)];
    let minute = fromHour * 60 + fromMinute;
    const end = toHour * 60 + toMinute;
    const length = end > minute ? end - minute : 24 * 60 + end - minute;
    for (let left = length; left > 0; left -= 1) all.add(minute++);
  }
  return all;
}

const before = (date: string): string =>
  new Date(Date.parse(`${date}T00:00Z`) - 24 * 60 * MINUTE).toISOString().slice(0, 10);

const minuteOfDay = fc.oneof(
  // Around the hours at which clocks change.
  { weight: 3, arbitrary: fc.integer({ min: 0, max: 16 }).map((quarter) => quarter * 15) },
  { weight: 1, arbitrary: fc.nat(24 * 60) },
);
const timeOf = (minute: number) =>
  `${String(Math.trunc(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
const intervals = fc.array(
  fc.tuple(minuteOfDay, minuteOfDay).map(([from, to]) => ({ from: timeOf(from), to: timeOf(to) })),
  { maxLength: 2 },
);
const HOURS_AROUND = 30;

test('OP-14: at every change of a clock it is as a minute-by-minute look at the clock says', () => {
  const all = changes();
  assert.ok(all.length > 3000, String(all.length));
  const script = fc.record({
    change: fc.nat(all.length - 1),
    week: fc.array(intervals, { minLength: 7, maxLength: 7 }),
    exception: fc.record({ day: fc.integer({ min: -1, max: 1 }), intervals }),
    from: fc.array(fc.nat(HOURS_AROUND * 60), { minLength: 8, maxLength: 8 }),
  });
  const check = fc.property(script, ({ change, week, exception, from }) => {
    const { timeZone, at } = all[change]!;
    const wall = wallClock(timeZone);
    const exceptions = [
      { ...holiday(wall(at + exception.day * 24 * 60 * MINUTE).date), intervals: exception.intervals },
    ];
    const hours = hoursOf(week, exceptions, timeZone);
    const start = at - HOURS_AROUND * 60 * MINUTE;
    const known = new Map<string, Set<number>>();
    const minutesOf = (date: string) => {
      const minutes = known.get(date) ?? openMinutes(hours, date);
      known.set(date, minutes);
      return minutes;
    };
    const truth = Array.from({ length: 2 * HOURS_AROUND * 60 }, (_, index) => {
      const { date, minute } = wall(start + index * MINUTE);
      return minutesOf(date).has(minute) || minutesOf(before(date)).has(minute + 24 * 60);
    });
    for (const [index, expected] of truth.entries()) {
      // Every minute where the clock changes, one of five elsewhere.
      if (Math.abs(index - HOURS_AROUND * 60) > 200 && index % 5 > 0) continue;
      const moment = new Date(start + index * MINUTE);
      assert.equal(isOpen(hours, moment), expected, `${timeZone} ${moment.toISOString()}`);
    }
    for (const minute of from) {
      const asked = new Date(start + minute * MINUTE);
      const expected = truth.indexOf(true, minute);
      const found = nextOpening(hours, asked);
      const sentence = `next after ${timeZone} ${asked.toISOString()}: ${found?.toISOString()}`;
      if (expected >= 0) assert.equal(found?.getTime(), start + expected * MINUTE, sentence);
      else assert.ok(found === null || found.getTime() >= start + truth.length * MINUTE, sentence);
    }
  });
  const runs = Number(process.env['FOYER_RUNS'] ?? 40);
  fc.assert(check, { numRuns: runs, seed: Number(process.env['FOYER_SEED'] ?? 1) });
});
