import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { FairQueue } from './fair-queue.ts';

test('E5: lanes are served in turn, and what one leaves the others get', () => {
  const queue = new FairQueue<string>();
  for (let index = 0; index < 10; index += 1) queue.push('loud', `loud ${index}`);
  queue.push('quiet', 'quiet 0');
  assert.deepEqual(queue.take(4).toSorted(), ['loud 0', 'loud 1', 'loud 2', 'quiet 0']);
  queue.push('late', 'late 0');
  assert.deepEqual(queue.take(1).length + queue.take(1).length, 2);
  assert.ok(!queue.empty);
  queue.take(100);
  assert.ok(queue.empty);
});

test('more lanes than one take has room for: none waits for ever', () => {
  const queue = new FairQueue<number>();
  for (let lane = 0; lane < 10; lane += 1) for (let nr = 0; nr < 5; nr += 1) queue.push(`${lane}`, lane);
  const first = [...queue.take(4), ...queue.take(4), ...queue.take(2)];
  assert.deepEqual(
    first.toSorted((a, b) => a - b),
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
  );
});

test('nothing is lost, doubled, or moved within its lane, also when it is put back', () => {
  const step = fc.oneof(
    fc.record({ push: fc.constantFrom('a', 'b', 'c') }),
    fc.record({ take: fc.integer({ min: 1, max: 5 }), back: fc.boolean() }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const queue = new FairQueue<{ lane: string; nr: number }>();
      const seen: { lane: string; nr: number }[] = [];
      let nr = 0;
      for (const one of steps) {
        if ('push' in one) queue.push(one.push, { lane: one.push, nr: (nr += 1) });
        else if (one.back) {
          const taken = Map.groupBy(queue.take(one.take), ({ lane }) => lane);
          for (const [lane, items] of taken) queue.putBack(lane, items);
        } else seen.push(...queue.take(one.take));
      }
      seen.push(...queue.take(1000));
      assert.equal(seen.length, nr);
      for (const lane of ['a', 'b', 'c']) {
        const own = seen.filter((item) => item.lane === lane).map((item) => item.nr);
        assert.deepEqual(
          own,
          own.toSorted((a, b) => a - b),
        );
      }
    }),
  );
});
