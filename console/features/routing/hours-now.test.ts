import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Hours } from '#protocol/routing.ts';
import { hoursNow, wallTime } from './hours-now.ts';

const office = [
  { from: '09:00', to: '12:00' },
  { from: '13:00', to: '17:00' },
];
const late = [{ from: '18:00', to: '02:00' }];
const base: Hours = {
  timeZone: 'Europe/Zagreb',
  week: [office, office, office, office, late, [], []],
  exceptions: [],
};
// 16 November 2026 is a Monday.
const at = (date: string, time: string) => ({
  date,
  minute: Number(time.slice(0, 2)) * 60 + Number(time.slice(3)),
});
const says = (hours: Hours, date: string, time: string) => {
  const { open, until } = hoursNow(hours, at(date, time));
  const clock =
    until &&
    `${String(Math.floor(until.minute / 60)).padStart(2, '0')}:${String(until.minute % 60).padStart(2, '0')}`;
  return `${open ? 'open' : 'closed'} ${until ? `${until.date} ${clock}` : 'for ever'}`;
};

test('OP-14: open until the interval ends, closed until the next one begins', () => {
  assert.equal(says(base, '2026-11-16', '09:00'), 'open 2026-11-16 12:00');
  assert.equal(says(base, '2026-11-16', '12:00'), 'closed 2026-11-16 13:00');
  assert.equal(says(base, '2026-11-16', '17:00'), 'closed 2026-11-17 09:00');
  assert.equal(says(base, '2026-11-20', '23:00'), 'open 2026-11-21 02:00');
  assert.equal(says(base, '2026-11-21', '01:59'), 'open 2026-11-21 02:00');
  assert.equal(says(base, '2026-11-21', '02:00'), 'closed 2026-11-23 09:00');
});

test('OP-14: a holiday replaces the hours of its date, intervals that touch are one, none is never', () => {
  const holiday: Hours = { ...base, exceptions: [{ date: '2026-11-17', name: 'Feast', intervals: [] }] };
  assert.equal(says(holiday, '2026-11-16', '20:00'), 'closed 2026-11-18 09:00');
  const whole = [{ from: '00:00', to: '24:00' }];
  const always: Hours = { ...base, week: Array.from({ length: 7 }, () => whole) };
  assert.equal(says(always, '2026-11-16', '03:00'), 'open for ever');
  const days: Hours = { ...base, week: [whole, [{ from: '00:00', to: '06:00' }], [], [], [], [], []] };
  assert.equal(says(days, '2026-11-16', '03:00'), 'open 2026-11-17 06:00');
  assert.equal(
    says({ ...base, week: Array.from({ length: 7 }, () => []) }, '2026-11-16', '03:00'),
    'closed for ever',
  );
});

test('OP-14: the clock on the wall is that of the zone', () => {
  const moment = Date.parse('2026-11-15T23:30:00Z');
  assert.deepEqual(wallTime('Europe/Zagreb', moment), at('2026-11-16', '00:30'));
  assert.deepEqual(wallTime('America/New_York', moment), at('2026-11-15', '18:30'));
});
