import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pending, Thread } from '#client/state.ts';
import type { Conversation } from '#protocol/conversations.ts';
import type { Entry, Happening } from '#protocol/entries.ts';
import { timeline, type Item, type Message } from './timeline.ts';

const noon = new Date(2026, 2, 4, 12).getTime();
const visitor = { kind: 'visitor', id: 'v' } as const;
const anna = { kind: 'operator', id: 'a' } as const;

function entry(seq: number, seconds: number, sender: Entry['sender'], what: Happening, ref?: string): Entry {
  return { seq, at: new Date(noon + seconds * 1000).toISOString(), sender, what, ...(ref && { ref }) };
}
const say = (text: string): Happening => ({ kind: 'message', text });

function threadOf(entries: Entry[], marks: Partial<Pick<Conversation, 'read' | 'delivered'>> = {}): Thread {
  const none = { visitor: 0, operator: 0 };
  const conversation = { operator: null, read: none, delivered: none, ...marks } as Conversation;
  return { conversation, entries, complete: true, typing: false };
}
const pending = (ref: string, more: Partial<Pending> = {}): Pending => ({
  command: { type: 'message.post', ref, conversationId: 'c', text: ref },
  at: noon + 10_000,
  ...more,
});
const messages = (items: Item[]) => items.filter((item): item is Message => item.kind === 'message');

test('groups what one author writes within two minutes', () => {
  const entries = [
    entry(1, 0, visitor, say('1')),
    entry(2, 60, visitor, say('2')),
    entry(3, 200, visitor, say('3')),
    entry(4, 201, anna, say('4')),
  ];
  const ends = messages(timeline(threadOf(entries), [])).map(({ first, last }) => [first, last]);
  assert.deepEqual(ends, [
    [true, false],
    [false, true],
    [true, true],
    [true, true],
  ]);
});

test('marks own messages by how far the operator is', () => {
  const entries = [1, 2, 3].map((seq) => entry(seq, seq, visitor, say('x')));
  const marks = { read: { visitor: 0, operator: 1 }, delivered: { visitor: 0, operator: 2 } };
  const found = messages(timeline(threadOf(entries, marks), [])).map(({ mark }) => mark);
  assert.deepEqual(found, ['read', 'delivered', 'sent']);
});

test('a confirmed message is shown once, under the same key', () => {
  const before = messages(timeline(threadOf([]), [pending('r')]));
  const after = messages(timeline(threadOf([entry(1, 10, visitor, say('r'), 'r')]), [pending('r')]));
  assert.deepEqual([before.length, after.length], [1, 1]);
  assert.equal(before[0]?.key, after[0]?.key);
  assert.deepEqual([before[0]?.mark, after[0]?.mark], ['pending', 'sent']);
});

test('what was refused stays, and stands alone', () => {
  const refused = { type: 'refused', ref: 'a', code: 'closed', message: '' } as const;
  const found = messages(timeline(threadOf([]), [pending('a', { refused }), pending('b')]));
  assert.deepEqual(
    found.map(({ mark, first }) => [mark, first]),
    [
      ['refused', true],
      ['pending', true],
    ],
  );
});

test('a day is named once, and a new one where it begins', () => {
  const entries = [
    entry(1, 0, visitor, say('1')),
    entry(2, 5, anna, say('2')),
    entry(3, 86_400, anna, say('3')),
  ];
  assert.deepEqual(
    timeline(threadOf(entries), []).map(({ kind }) => kind),
    ['day', 'message', 'message', 'day', 'message'],
  );
});

const system = { kind: 'system' } as const;
const joins = (id: string, name: string): Happening => ({ kind: 'joined', operator: { id, name } });
const says = (entries: Entry[]) =>
  timeline(threadOf(entries), []).flatMap((item) => (item.kind === 'system' ? [[item.says, item.name]] : []));

test('OP-14, OC-12: says who is lost, who takes over, and who only comes back', () => {
  const entries = [
    entry(1, 0, visitor, say('1')),
    entry(2, 1, anna, joins('a', 'Anna')),
    entry(3, 2, system, { kind: 'queued', why: 'operator-lost' }),
    entry(4, 3, anna, joins('a', 'Anna')),
    entry(5, 4, { kind: 'operator', id: 'b' }, joins('b', 'Boris')),
    entry(6, 5, system, { kind: 'queued', why: 'operator-gone' }),
  ];
  assert.deepEqual(says(entries), [
    ['joined', 'Anna'],
    ['operatorLost', 'Anna'],
    ['joined', 'Anna'],
    ['tookOver', 'Boris'],
    ['operatorGone', 'Boris'],
  ]);
  assert.deepEqual(says(entries.slice(2, 3)), [['waitsAgain', '']], 'who joined before all that is held');
});

test('VI-13: what operators do with a missed chat is not for the visitor', () => {
  const entries = [
    entry(1, 0, visitor, say('1')),
    entry(2, 1, system, { kind: 'missed' }),
    entry(3, 2, anna, joins('a', 'Anna')),
    entry(4, 3, anna, { kind: 'closed' }),
  ];
  assert.deepEqual(says(entries), []);
});

test('VI-10: nobody is given the words of another', () => {
  const boris = { id: 'b', name: 'Boris' };
  const invited: Happening = { kind: 'invited', operator: { id: 'a', name: 'Anna' } };
  const entries = [entry(1, 0, anna, invited), entry(2, 0, anna, say('May I help?'))];
  const authors = (held: Entry[]) => {
    const thread = threadOf(held);
    const taken = { ...thread, conversation: { ...thread.conversation, operator: boris } };
    return messages(timeline(taken, [])).map(({ name }) => name);
  };
  assert.deepEqual(authors(entries), ['Anna']);
  assert.deepEqual(authors(entries.slice(1)), [''], 'who is not known is nobody else');
});

test('what is not for reading is left out', () => {
  const hidden: Happening[] = [
    { kind: 'hidden' },
    { kind: 'receipt', mark: 'read', upTo: 1 },
    { kind: 'page', page: { url: 'https://a.example/', title: '' } },
    { kind: 'of the future' } as unknown as Happening,
  ];
  assert.deepEqual(timeline(threadOf(hidden.map((what, index) => entry(index + 1, 0, anna, what))), []), []);
});
