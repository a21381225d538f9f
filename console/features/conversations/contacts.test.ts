import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Conversation } from '#protocol/conversations.ts';
import type { Operator, Status } from '#protocol/operators.ts';
import { contactsOf } from './contacts.ts';

const operator = (id: string): [string, Operator] => [id, { id, name: id, handle: id } as Operator];
const talk = (id: string, visitor: string, operatorId: string): [string, Conversation] => [
  id,
  {
    id,
    channel: 'colleague',
    visitor: { id: visitor, name: visitor },
    operator: { id: operatorId, name: operatorId },
  } as Conversation,
];

test('OC-13: every colleague once, who is there first, with what we have said, also one who is gone', () => {
  const known = {
    operators: new Map([operator('anna'), operator('boris'), operator('cleo'), operator('me')]),
    presence: new Map<string, Status>([
      ['cleo', 'online'],
      ['boris', 'away'],
    ]),
    conversations: new Map([
      talk('1', 'me', 'boris'),
      talk('2', 'cleo', 'me'),
      talk('3', 'dora', 'me'),
      ['4', { id: '4', channel: 'chat' } as Conversation],
    ]),
  };
  assert.deepEqual(
    contactsOf(known, 'me').map(({ id, status, handle, conversation }) => [
      id,
      status,
      handle !== null,
      conversation?.id,
    ]),
    [
      ['cleo', 'online', true, '2'],
      ['boris', 'away', true, '1'],
      ['anna', 'offline', true, undefined],
      ['dora', 'offline', false, '3'],
    ],
  );
});
