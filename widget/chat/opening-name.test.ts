import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openingName } from './opening-name.ts';

test('OP-14: when the business opens is said as shortly as it can be understood', () => {
  const now = new Date(2026, 10, 22, 18, 0).getTime();
  const says = (...at: [number, number, number, number]) =>
    openingName(new Date(2026, ...at).toISOString(), 'en-GB', now);
  assert.equal(says(10, 22, 20, 0), '20:00');
  assert.equal(says(10, 23, 9, 0), 'Monday 09:00');
  assert.match(says(11, 24, 9, 30), /Thursday,? 24 December.* 09:30/);
});
