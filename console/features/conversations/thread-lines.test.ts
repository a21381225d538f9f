import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Conversation } from '#protocol/conversations.ts';
import type { Entry } from '#protocol/entries.ts';
import { lastFromVisitor, threadLines } from './thread-lines.ts';

const visitor = { kind: 'visitor', id: 'v' } as const;
const anna = { kind: 'operator', id: 'a' } as const;
const conversation = {
  id: 'c',
  delivered: { visitor: 5, operator: 0 },
  read: { visitor: 3, operator: 0 },
} as Conversation;

const at = (minute: number) => new Date(2026, 0, 5, 10, minute).toISOString();
const says = (seq: number, sender: Entry['sender'], minute: number, ref?: string): Entry => ({
  seq,
  at: at(minute),
  sender,
  ...(ref === undefined ? {} : { ref }),
  what: { kind: 'message', text: `text ${seq}` },
});
const kinds = (entries: Entry[], newAfter: number | null = null) =>
  threadLines({ conversation, entries }, [], 'a', newAfter).map((line) => line.kind);

test('groups one author within five minutes', () => {
  const entries = [says(1, visitor, 0), says(2, visitor, 4), says(3, visitor, 10), says(4, anna, 10)];
  const lines = threadLines({ conversation, entries }, [], 'a', null);
  const edges = lines.flatMap((line) => (line.kind === 'message' ? [[line.starts, line.ends]] : []));
  assert.deepEqual(edges, [
    [true, false],
    [false, true],
    [true, true],
    [true, true],
  ]);
});

test('says how far an operator message got, and nothing about a visitor message', () => {
  const entries = [says(3, anna, 0), says(5, anna, 0), says(6, anna, 0), says(7, visitor, 0)];
  const lines = threadLines({ conversation, entries }, [], 'a', null);
  assert.deepEqual(
    lines.flatMap((line) => (line.kind === 'message' ? [line.fate] : [])),
    ['read', 'delivered', 'sent', null],
  );
});

test('draws a pending message once, however the answer and the entry arrive', () => {
  const pending = {
    command: { type: 'message.post', ref: 'r', conversationId: 'c', text: 'hello' } as const,
    at: Date.parse(at(1)),
  };
  const queued = threadLines({ conversation, entries: [says(1, visitor, 0)] }, [pending], 'a', null);
  const both = threadLines(
    { conversation, entries: [says(1, visitor, 0), says(2, anna, 1, 'r')] },
    [pending],
    'a',
    null,
  );
  assert.equal(queued.filter((line) => line.key === 'r').length, 1);
  assert.equal(both.filter((line) => line.key === 'r').length, 1);
  assert.equal(queued.length, both.length);
});

test('puts the marker before the first unread visitor message, and folds page visits', () => {
  const page = (seq: number): Entry => ({
    seq,
    at: at(1),
    sender: visitor,
    what: { kind: 'page', page: { url: 'https://a.example/', title: `page ${seq}` } },
  });
  assert.deepEqual(kinds([says(1, visitor, 0), page(2), page(3), says(4, anna, 2), says(5, visitor, 3)], 1), [
    'day',
    'message',
    'pages',
    'message',
    'new',
    'message',
  ]);
});

test('a receipt names the newest visitor message, never a receipt', () => {
  const receipt: Entry = {
    seq: 3,
    at: at(0),
    sender: anna,
    what: { kind: 'receipt', mark: 'read', upTo: 1 },
  };
  assert.equal(lastFromVisitor([says(1, visitor, 0), says(2, anna, 0), receipt]), 1);
  assert.equal(lastFromVisitor([]), 0);
});
