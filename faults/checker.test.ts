import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Conversation } from '#protocol/conversations.ts';
import type { Entry } from '#protocol/entries.ts';
import { check, type Findings, type StoredThread, type View } from './checker.ts';
import type { Step } from './journal.ts';

const entry = (seq: number, ref = `r${seq}`): Entry => ({
  seq,
  at: '2026-01-01T00:00:00.000Z',
  sender: { kind: 'visitor', id: 'v' },
  ref,
  what: { kind: 'message', text: `text ${ref}` },
});

const conversation = (lastSeq: number, more: Partial<Conversation> = {}): Conversation => ({
  id: 'c',
  channel: 'chat',
  state: 'open',
  visitor: { id: 'v', name: null, email: null },
  operator: { id: 'o', name: 'Anna' },
  department: null,
  desk: null,
  language: 'en',
  page: null,
  createdAt: '2026-01-01T00:00:00.000Z',
  waitingSince: null,
  closedAt: null,
  lastSeq,
  preview: null,
  unread: 0,
  unreadByVisitor: 0,
  delivered: { visitor: 0, operator: 0 },
  read: { visitor: 0, operator: 0 },
  ...more,
});

const stored = (entries: Entry[], more: Partial<Conversation> = {}): StoredThread => ({
  conversation: conversation(entries.length, more),
  entries,
});

const sent = (ref: string, command = 'message.post'): Step => ({
  client: 'ada',
  type: 'invoke',
  ref,
  command,
});
const acked = (ref: string, seq: number): Step[] => [
  sent(ref),
  { ...sent(ref), type: 'ok', conversationId: 'c', seq },
];

const view = (thread: StoredThread | undefined, more: Partial<View> = {}): View => ({
  client: 'ada',
  side: 'operator',
  threads: new Map(thread ? [[thread.conversation.id, { ...thread, complete: true }]] : []),
  follows: ['c'],
  unsent: [],
  ...more,
});

const three = [entry(1), entry(2), entry(3)];
const history = [...acked('r1', 1), ...acked('r2', 2), sent('r3'), sent('r4')];

/** Asserts that only this kind of finding was made. */
function only(kind: keyof Findings, found: Findings, count = 1): void {
  const counts = Object.entries(found).map(([name, lines]) => [name, lines.length]);
  assert.deepEqual(
    Object.fromEntries(counts.filter(([, lines]) => lines !== 0)),
    { [kind]: count },
    JSON.stringify(found),
  );
}

test('a history in which all went well has no findings; what nobody answered may be stored or not', () => {
  const truth = stored(three);
  const found = check(history, [truth], [view(truth)]);
  assert.deepEqual(found, { lost: [], duplicate: [], phantom: [], misplaced: [], gaps: [], unequal: [] });
});

test('acknowledged and not stored is lost', () => {
  const truth = stored(three);
  only('lost', check([...history, ...acked('r9', 9)], [truth], [view(truth)]));
  const unplaced: Step = { ...sent('r9'), type: 'ok' };
  only('lost', check([...history, sent('r9'), unplaced], [truth], [view(truth)]));
});

test('an acknowledged command that had nothing to change is not lost', () => {
  const truth = stored(three);
  const ok: Step = { ...sent('r9', 'conversation.accept'), type: 'ok', conversationId: 'c' };
  const found = check([...history, sent('r9', 'conversation.accept'), ok], [truth], [view(truth)]);
  assert.deepEqual(Object.values(found).flat(), []);
});

test('stored twice is a duplicate, in one conversation or in two', () => {
  const twice = stored([...three, entry(4, 'r2')]);
  only('duplicate', check(history, [twice], [view(twice)]));
  const [first, other] = [stored(three), stored([entry(1, 'r2')], { id: 'd' })];
  only('duplicate', check(history, [first, other], [view(first)]));
});

test('stored and sent by nobody is a phantom; so is what its sender was refused', () => {
  const truth = stored([...three, entry(4, 'r9')]);
  only('phantom', check(history, [truth], [view(truth)]));
  const refused: Step = { ...sent('r3'), type: 'fail', code: 'closed' };
  only('phantom', check([...history, refused], [stored(three)], [view(stored(three))]));
});

test('an acknowledgement must name the place where the entry is', () => {
  const wrong = [sent('r1'), ...acked('r2', 3), sent('r3')];
  only('misplaced', check(wrong, [stored(three)], [view(stored(three))]));
});

test('positions are 1..n, and the row says so too', () => {
  const hole = { conversation: conversation(3), entries: [entry(1), entry(3)] };
  only('gaps', check([...acked('r1', 1), ...acked('r3', 3)], [hole], [view(hole)]));
  const late = { conversation: conversation(3), entries: [entry(2), entry(3), entry(4)] };
  only(
    'gaps',
    check([...acked('r2', 2), sent('r3'), sent('r4')], [late], [{ ...view(undefined), follows: [] }]),
  );
  const behind = { conversation: conversation(2), entries: three };
  only('gaps', check(history, [behind], [{ ...view(undefined), follows: [] }]));
});

test('a view that differs in anything is unequal', () => {
  const truth = stored(three);
  const changed = { ...truth, entries: [entry(1), entry(2), entry(3, 'r4')] };
  const views: Record<string, View> = {
    'is behind': view(stored(three.slice(0, 2))),
    'lacks one in the middle': view({ ...truth, entries: [entry(1), entry(3)] }),
    'shows another text': view(changed),
    'shows another state': view({ ...truth, conversation: conversation(3, { state: 'closed' }) }),
    'does not show it': view(undefined),
    'shows a sent line as not sent': view(truth, { unsent: ['r1'] }),
    'shows what is not stored': view(truth, {
      threads: new Map([...view(truth).threads, ['x', { ...stored(three, { id: 'x' }), complete: true }]]),
    }),
  };
  for (const [name, each] of Object.entries(views)) {
    assert.equal(check(history, [truth], [each]).unequal.length, 1, name);
  }
});

test('a client that was far behind shows the newest entries only, without a hole', () => {
  const truth = stored(three);
  const newest = (entries: Entry[]) =>
    view(undefined, { threads: new Map([['c', { ...truth, entries, complete: false }]]) });
  assert.deepEqual(check(history, [truth], [newest(three.slice(1))]).unequal, []);
  assert.equal(check(history, [truth], [newest([entry(2)])]).unequal.length, 1);
});

test("an operator's list holds what belongs into it, as it is", () => {
  const truth = stored(three);
  const listing = (shown: Conversation[], belongs = true): View =>
    view(truth, { list: { shown: new Map(shown.map((each) => [each.id, each])), belongs: () => belongs } });
  const wrong = (each: View, stands = truth) => check(history, [stands], [each]).unequal.length;
  assert.equal(wrong(listing([truth.conversation])), 0);
  assert.equal(wrong(listing([])), 1, 'is missing');
  assert.equal(wrong(listing([truth.conversation], false)), 1, 'does not belong to it');
  assert.equal(wrong(listing([conversation(3, { unread: 1 })])), 1, 'is outdated');
  assert.equal(wrong(listing([truth.conversation, conversation(1, { id: 'x' })])), 1, 'is not stored');
  const closed = stored(three, { state: 'closed' });
  const listed = {
    ...view(closed),
    list: { shown: new Map([['c', closed.conversation]]), belongs: () => true },
  };
  assert.equal(wrong(listed, closed), 1, 'is closed');
});
