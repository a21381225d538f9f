import assert from 'node:assert/strict';
import { test } from 'node:test';
import { blankConversation } from '../features/conversations/blank-conversation.ts';
import { conversationRow, storedConversation, type ConversationRow } from './stored-conversation.ts';

const old = { audience: null, ring: null, ringUntil: null, passed: ['anna'], transfer: null };
const stored = blankConversation({
  accountId: 'a',
  chatboxId: 'box',
  channel: 'chat',
  visitor: { id: 'v', name: null, email: null },
  desk: { ...old, declined: [] },
});
const row: ConversationRow = {
  ...conversationRow(stored),
  created_at: new Date(stored.conversation.createdAt),
  waiting_since: new Date(stored.conversation.createdAt),
  closed_at: null,
};

test('what is stored is read as it was', () => {
  assert.deepEqual(storedConversation(row), stored);
});

test('OP-14: in a desk of an earlier version nobody has declined, so who is in doubt is rung', () => {
  assert.deepEqual(storedConversation({ ...row, desk: old }), stored);
});
