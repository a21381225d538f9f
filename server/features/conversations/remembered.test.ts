import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StoredConversation } from '../../unscoped/stored-conversation.ts';
import { keyOf, Remembered } from './remembered.ts';

const key = keyOf('account', 'chat');
const at = (lastSeq: number) =>
  ({ accountId: 'account', conversation: { id: 'chat', lastSeq } }) as StoredConversation;

test('a read that comes after a later writing does not take it back', () => {
  const remembered = new Remembered();
  for (const seq of [2, 4, 3]) remembered.set(at(seq));
  assert.equal(remembered.get(key)?.conversation.lastSeq, 4);
  remembered.forget(key);
  remembered.set(at(3));
  assert.equal(remembered.get(key)?.conversation.lastSeq, 3);
});
