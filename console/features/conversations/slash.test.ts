import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseSlash } from './slash.ts';

test('OC-12: /t, /a, /d and /help are commands, anything else after a slash is none', () => {
  assert.deepEqual(parseSlash('/t boris'), { kind: 'transfer', to: 'boris' });
  assert.deepEqual(parseSlash('/T  Sales team '), { kind: 'transfer', to: 'Sales team' });
  assert.deepEqual(parseSlash('/t'), { kind: 'transfer', to: '' });
  assert.deepEqual(parseSlash('/a'), { kind: 'accept' });
  assert.deepEqual(parseSlash('/d\n'), { kind: 'decline' });
  assert.deepEqual(parseSlash('/help'), { kind: 'help' });
  assert.deepEqual(parseSlash('/transfer boris'), { kind: 'unknown', name: '/transfer' });
  assert.deepEqual(parseSlash('/a now'), { kind: 'unknown', name: '/a' });
  assert.deepEqual(parseSlash('/toString'), { kind: 'unknown', name: '/toString' });
  assert.deepEqual(parseSlash('/constructor'), { kind: 'unknown', name: '/constructor' });
});

test('OC-12: what is no command is sent as it is; two slashes are one', () => {
  assert.deepEqual(parseSlash('see /etc/hosts'), { kind: 'text', text: 'see /etc/hosts' });
  assert.deepEqual(parseSlash('//t boris'), { kind: 'text', text: '/t boris' });
  assert.deepEqual(parseSlash('/a\nand more'), { kind: 'text', text: '/a\nand more' });
});
