import assert from 'node:assert/strict';
import { test } from 'node:test';
import { holdOrder } from './hold-order.ts';

test('no row moves while it is held', () => {
  assert.deepEqual(holdOrder(['c', 'b', 'a'], ['a', 'b', 'x']), { shown: ['a', 'b'], fresh: 1 });
  assert.deepEqual(holdOrder(['c', 'a'], null), { shown: ['c', 'a'], fresh: 0 });
  assert.deepEqual(holdOrder(['a'], []), { shown: ['a'], fresh: 0 });
  assert.deepEqual(holdOrder(['b', 'a'], ['x']), { shown: ['b', 'a'], fresh: 0 });
});
