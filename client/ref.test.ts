import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as z from 'zod/mini';
import { uuidv7 } from './ref.ts';

test('a ref is a UUID of version 7, sorted by time, never the same', () => {
  const refs = Array.from({ length: 1000 }, (_, index) => uuidv7(1_790_000_000_000 + index));
  for (const ref of refs) assert.ok(z.safeParse(z.uuidv7(), ref).success, ref);
  assert.deepEqual([...refs].sort(), refs);
  assert.equal(new Set(Array.from({ length: 1000 }, () => uuidv7(5))).size, 1000);
});
