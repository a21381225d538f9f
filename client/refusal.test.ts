import assert from 'node:assert/strict';
import { test } from 'node:test';
import { refusals, type RefusalAction } from '#protocol/errors.ts';
import { passing, signIn } from './refusal.ts';

function codes(...actions: RefusalAction[]): string[] {
  return Object.entries(refusals).flatMap(([code, { action }]) => (actions.includes(action) ? [code] : []));
}

test('what passes by itself is what the protocol says to retry or to wait for', () => {
  assert.deepEqual([...passing].sort(), codes('retry', 'wait').sort());
});

test('what needs a new credential is what the protocol says', () => {
  assert.deepEqual([...signIn].sort(), codes('sign-in').sort());
});
