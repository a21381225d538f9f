import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Conversation, Desk } from '#protocol/conversations.ts';
import { hasRoom, isRinging, type Listener } from './ringing.ts';

const calm: Desk = {
  audience: null,
  ring: null,
  ringUntil: null,
  passed: [],
  declined: [],
  transfer: null,
};
const me: Listener = { operatorId: 'me', status: 'online', hasRoom: true };
const rings = (
  desk: Partial<Desk> | null,
  more: Partial<Conversation> = {},
  listener: Partial<Listener> = {},
) =>
  isRinging(
    {
      channel: 'chat',
      state: 'waiting',
      operator: null,
      desk: desk && { ...calm, ...desk },
      ...more,
    } as Conversation,
    { ...me, ...listener },
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
  assert.equal(rings({ passed: ['me'], declined: ['me'] }), false, 'I have declined');
  assert.equal(rings({ passed: ['me'] }), true, 'I have let it ring, and now it rings all');
  assert.equal(rings({ passed: ['x'], declined: ['x'] }), true, 'another has declined');
  assert.equal(rings(null), false, 'it is offered to nobody yet');
});

test('OC-14: only who is online and has room is rung, and only by a chat', () => {
  assert.equal(rings({}, {}, { status: 'away' }), false);
  assert.equal(rings({}, {}, { status: 'offline' }), false);
  for (const desk of [{}, { ring: ['me'] }]) assert.equal(rings(desk, {}, { hasRoom: false }), false);
  assert.equal(rings({}, { channel: 'offline' }), false);
  assert.equal(rings({}, { state: 'open' }), false);
});

test('OC-12: a chat that is handed on rings whom it is offered to', () => {
  assert.equal(rings(transfer('me'), { state: 'open' }), true);
  assert.equal(rings(transfer('x'), { state: 'open' }), false);
  assert.equal(rings(transfer('me'), { state: 'open' }, { status: 'away' }), false);
  assert.equal(rings(transfer('me'), { state: 'open' }, { hasRoom: false }), false);
});

test('OP-14: what counts against the own limit, or else the limit of the account, are the own open chats', () => {
  const mine = { state: 'open', channel: 'chat', operator: { id: 'me', name: 'Me' } };
  const chats = [
    mine,
    { ...mine, state: 'waiting', operator: null },
    { ...mine, channel: 'offline' },
    { ...mine, channel: 'colleague' },
    { ...mine, operator: { id: 'x', name: 'X' } },
  ];
  const room = (own: number | null, everybody: number | null | undefined) =>
    hasRoom(
      {
        conversations: new Map(chats.map((one, index) => [`${index}`, one])),
        operators: new Map([['me', { capacity: own }]]),
        routing: everybody === undefined ? null : { settings: { capacity: everybody } },
      } as never,
      'me',
    );
  assert.equal(room(1, null), false);
  assert.equal(room(2, 1), true, 'the own one goes before');
  assert.equal(room(null, 1), false);
  assert.equal(room(null, 2), true);
  assert.equal(room(null, null), true, 'no limit');
  assert.equal(room(null, undefined), true, 'not known yet');
});
