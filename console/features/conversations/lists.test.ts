import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Conversation } from '#protocol/conversations.ts';
import { listed, waitLevel } from './lists.ts';

const one = (id: string, more: Partial<Conversation>): [string, Conversation] => [
  id,
  {
    id,
    channel: 'chat',
    state: 'open',
    operator: null,
    waitingSince: null,
    preview: null,
    createdAt: id,
    ...more,
  } as Conversation,
];
const me = { id: 'me', name: 'Me' };
const all = new Map([
  one('1', { operator: me, preview: { from: 'visitor', text: '', at: '9' } }),
  one('2', { operator: { id: 'x', name: 'X' } }),
  one('4', { state: 'waiting', waitingSince: '4' }),
  one('3', { state: 'waiting', waitingSince: '3' }),
  one('0', { state: 'waiting', channel: 'offline' }),
  one('5', { state: 'closed', operator: me }),
  one('6', { channel: 'colleague', operator: me }),
]);
const ids = (list: Parameters<typeof listed>[1]) => listed(all, list, 'me').map((each) => each.id);

test('lists who waits longest first, mine, and everything that is not closed', () => {
  assert.deepEqual(ids('waiting'), ['3', '4', '0']);
  assert.deepEqual(ids('mine'), ['1']);
  assert.deepEqual(ids('all'), ['1', '4', '3', '2', '0']);
});

test('OC-12: what is handed on to me waits for me before all others', () => {
  const transfer = { audience: ['me'] };
  const offered = one('9', { operator: { id: 'x', name: 'X' }, desk: { transfer } as never });
  const waiting = listed(new Map([...all, offered]), 'waiting', 'me').map((each) => each.id);
  assert.deepEqual(waiting, ['9', '3', '4', '0']);
  assert.equal(listed(new Map([offered]), 'waiting', 'y').length, 0, 'it is offered to another');
});

test('a wait is shown louder at 30 s and at two minutes', () => {
  const since = new Date(0).toISOString();
  assert.deepEqual(
    [0, 29_999, 30_000, 119_999, 120_000].map((now) => waitLevel(since, now)),
    ['calm', 'calm', 'warn', 'warn', 'error'],
  );
  assert.equal(waitLevel(null, 1e9), 'calm');
});
