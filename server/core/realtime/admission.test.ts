import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Refusal } from '../errors.ts';
import { Admission } from './admission.ts';

/** Greetings that end when they are told to. */
function slowGreetings(admission: Admission) {
  const begun: number[] = [];
  const ends: (() => void)[] = [];
  const come = (nr: number): Promise<void> =>
    admission.greet(() => {
      begun.push(nr);
      return new Promise((resolve) => ends.push(resolve));
    });
  return { begun, come, endOne: () => ends.shift()?.() };
}

test('R7: only so many are greeted at once, and the others in the order in which they came', async () => {
  const { begun, come, endOne } = slowGreetings(new Admission(2, 10_000));
  const all = [1, 2, 3, 4].map(come);
  await sleep(5);
  assert.deepEqual(begun, [1, 2]);
  endOne();
  await sleep(5);
  assert.deepEqual(begun, [1, 2, 3]);
  endOne();
  await sleep(5);
  assert.deepEqual(begun, [1, 2, 3, 4]);
  endOne();
  endOne();
  await Promise.all(all);
});

test('R7: who waits too long is told when to come back, and takes no place', async () => {
  const { begun, come, endOne } = slowGreetings(new Admission(1, 20));
  const first = come(1);
  await assert.rejects(
    come(2),
    (error) => error instanceof Refusal && error.code === 'unavailable' && error.after === 5,
  );
  endOne();
  await first;
  const third = come(3);
  await sleep(5);
  assert.deepEqual(begun, [1, 3]);
  endOne();
  await third;
});

test('a greeting that fails gives its place back', async () => {
  const admission = new Admission(1, 1000);
  await assert.rejects(admission.greet(() => Promise.reject(new Error('no'))));
  assert.equal(await admission.greet(async () => 'yes'), 'yes');
});
