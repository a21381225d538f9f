import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dayName } from './day-name.ts';

const now = new Date(2026, 2, 29, 9).getTime();

test('says today and yesterday, also across a change of the clock', () => {
  assert.equal(dayName(new Date(2026, 2, 29, 0, 1).getTime(), 'en', now), 'Today');
  assert.equal(dayName(new Date(2026, 2, 28, 23, 59).getTime(), 'de', now), 'Gestern');
});

test('names an older day', () => {
  assert.equal(dayName(new Date(2026, 2, 20, 12).getTime(), 'en-GB', now), 'Friday 20 March');
});
