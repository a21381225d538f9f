import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Conversation } from '#protocol/conversations.ts';
import type { Entry } from '#protocol/entries.ts';
import { lastFromOther, unreadOf } from './sides.ts';
import { threadLines } from './thread-lines.ts';

const visitor = { kind: 'visitor', id: 'v' } as const;
const anna = { kind: 'operator', id: 'a' } as const;
const conversation = {
  id: 'c',
  channel: 'chat',
  visitor: { id: 'v' },
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
  assert.equal(lastFromOther([says(1, visitor, 0), says(2, anna, 0), receipt], conversation, 'a'), 1);
  assert.equal(lastFromOther([], conversation, 'a'), 0);
});

test('OC-13: between colleagues each side sees its own messages as its own, with their fate', () => {
  const between = {
    ...conversation,
    channel: 'colleague',
    visitor: { id: 'a' },
    operator: { id: 'b', name: 'Boris' },
    delivered: { visitor: 2, operator: 1 },
    read: { visitor: 2, operator: 0 },
    unread: 1,
    unreadByVisitor: 2,
  } as Conversation;
  const boris = { kind: 'operator', id: 'b' } as const;
  const entries = [says(1, anna, 0), says(2, boris, 0)];
  const seenBy = (operatorId: string) =>
    threadLines({ conversation: between, entries }, [], operatorId, null).flatMap((line) =>
      line.kind === 'message' ? [[line.side, line.fate]] : [],
    );
  assert.deepEqual(seenBy('a'), [
    ['operator', 'delivered'],
    ['visitor', null],
  ]);
  assert.deepEqual(seenBy('b'), [
    ['visitor', null],
    ['operator', 'read'],
  ]);
  assert.deepEqual([lastFromOther(entries, between, 'a'), lastFromOther(entries, between, 'b')], [2, 1]);
  assert.deepEqual([unreadOf(between, 'a'), unreadOf(between, 'b')], [2, 1]);
});

test('OP-14 OC-12: what was rung in vain is one line, and who declined is not said twice', () => {
  const system = { kind: 'system' } as const;
  const routed = (seq: number, ring: string[] | null, passed: string[]) =>
    ({ seq, at: at(1), sender: system, what: { kind: 'routed', ring, passed } }) as unknown as Entry;
  const declined: Entry = {
    seq: 4,
    at: at(1),
    sender: { kind: 'operator', id: 'c' },
    what: { kind: 'declined', by: { id: 'c', name: 'Cleo' } },
  };
  const entries = [
    says(1, visitor, 0),
    routed(2, ['b'], ['a']),
    routed(3, ['c'], ['a', 'b']),
    declined,
    routed(5, null, ['a', 'b', 'c']),
  ];
  const lines = threadLines({ conversation, entries }, [], 'a', null);
  assert.deepEqual(
    lines.flatMap((line) => (line.kind === 'routed' ? [[line.passed, line.ring]] : [])),
    [
      [['a', 'b'], ['c']],
      [[], null],
    ],
  );
});

test('OC-16: every happening that operators see has its line, and a note is never a message', () => {
  const named = { id: 'a', name: 'Anna' };
  const transfer = {
    to: { kind: 'operator', ...named },
    from: named,
    audience: ['a'],
    until: at(2),
  } as const;
  const happenings: Entry['what'][] = [
    { kind: 'joined', operator: named },
    { kind: 'transfer', transfer: { ...transfer, audience: ['a'] } },
    { kind: 'transfer-ended', why: 'timeout' },
    { kind: 'note', text: 'be kind' },
    { kind: 'queued', why: 'operator-lost' },
    { kind: 'missed' },
  ];
  const entries = happenings.map((what, index): Entry => ({ seq: index + 1, at: at(1), sender: anna, what }));
  assert.deepEqual(kinds(entries), ['day', 'joined', 'transfer', 'ended', 'note', 'ended', 'ended']);
});

test('VI-13: who goes before anybody answers is told apart from who waited too long', () => {
  const missed = (sender: Entry['sender']): Entry => ({
    seq: 1,
    at: at(1),
    sender,
    what: { kind: 'missed' },
  });
  const why = (sender: Entry['sender']) =>
    threadLines({ conversation, entries: [missed(sender)] }, [], 'a', null).flatMap((line) =>
      line.kind === 'ended' ? [line.why] : [],
    );
  assert.deepEqual(why({ kind: 'visitor', id: 'v' }), ['left']);
  assert.deepEqual(why({ kind: 'system' }), ['missed']);
});
