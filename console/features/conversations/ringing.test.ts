import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Conversation, Desk } from '#protocol/conversations.ts';
import type { Status } from '#protocol/operators.ts';
import { isRinging } from './ringing.ts';

const calm: Desk = { audience: null, ring: null, ringUntil: null, passed: [], transfer: null };
const rings = (desk: Partial<Desk> | null, more: Partial<Conversation> = {}, status: Status = 'online') =>
  isRinging(
    {
      channel: 'chat',
      state: 'waiting',
      operator: null,
      desk: desk && { ...calm, ...desk },
      ...more,
    } as Conversation,
    'me',
    status,
  );
const transfer = (...audience: string[]): Partial<Desk> => ({
  transfer: {
    to: { kind: 'operator', id: 'me', name: 'Me' },
    from: { id: 'x', name: 'X' },
    audience,
    until: new Date(0).toISOString(),
  },
});

test('OC-14 OP-14: a waiting chat rings for whom it is offered, and for nobody else', () => {
  assert.equal(rings({}), true, 'everybody');
  assert.equal(rings({ audience: ['x', 'me'] }), true, 'one of the audience');
  assert.equal(rings({ audience: ['x'] }), false, 'for others');
  assert.equal(rings({ ring: ['me'] }), true, 'my turn');
  assert.equal(rings({ ring: ['x'] }), false, "another's turn");
  assert.equal(rings({ ring: [] }), false, 'nobody is free');
  assert.equal(rings({ passed: ['me'] }), false, 'I have declined');
  assert.equal(rings({ passed: ['x'] }), true, 'another has declined');
  assert.equal(rings(null), false, 'it is offered to nobody yet');
});

test('OC-14: only who is online is rung, and only by a chat', () => {
  assert.equal(rings({}, {}, 'away'), false);
  assert.equal(rings({}, {}, 'offline'), false);
  assert.equal(rings({}, { channel: 'offline' }), false);
  assert.equal(rings({}, { state: 'open' }), false);
});

test('OC-12: a chat that is handed on rings whom it is offered to', () => {
  assert.equal(rings(transfer('me'), { state: 'open' }), true);
  assert.equal(rings(transfer('x'), { state: 'open' }), false);
  assert.equal(rings(transfer('me'), { state: 'open' }, 'away'), false);
});
