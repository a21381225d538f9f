import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { Changes } from '#protocol/changes.ts';
import type { Down } from '#protocol/down.ts';
import type { Entry, Happening, Sender } from '#protocol/entries.ts';
import { prepend, reduce, reduceConversation } from './reduce.ts';
import { emptyState, type State } from './state.ts';
import { project } from './test/fake-log.ts';

const log = { id: 'c1', visitorId: 'vera', createdAt: '2026-11-22T10:00:00.000Z' };
const visitor: Sender = { kind: 'visitor', id: 'vera' };
const operator: Sender = { kind: 'operator', id: 'anna' };

function at(seq: number): string {
  return new Date(Date.parse(log.createdAt) + seq * 1000).toISOString();
}

function said(...texts: string[]): Entry[] {
  return texts.map((text, index) => {
    return { seq: index + 1, at: at(index + 1), sender: visitor, what: { kind: 'message', text } };
  });
}

const text = fc.oneof(
  fc.string({ minLength: 1 }),
  fc.constantFrom('x'.repeat(139) + '\u{1f600}', 'y'.repeat(500)),
);
const upTo = fc.nat(40);
const name = fc.option(fc.constantFrom('Vera', 'V.'), { nil: null });
const happening: fc.Arbitrary<{ sender: Sender; what: Happening }> = fc.oneof(
  fc.record({
    sender: fc.constantFrom(visitor, operator),
    what: fc.oneof(
      fc.record({ kind: fc.constant('message' as const), text }),
      fc.record({
        kind: fc.constant('receipt' as const),
        mark: fc.constantFrom('read' as const, 'delivered' as const),
        upTo,
      }),
    ),
  }),
  fc.record({
    sender: fc.constant(visitor),
    what: fc.oneof(
      fc.record({
        kind: fc.constant('details' as const),
        details: fc.record({ name, email: name }, { requiredKeys: [] }),
      }),
      fc.record({ kind: fc.constant('page' as const), page: fc.record({ url: fc.webUrl(), title: text }) }),
      fc.record({
        kind: fc.constant('offline' as const),
        email: fc.emailAddress(),
        subject: fc.constant(null),
        text,
      }),
    ),
  }),
  fc.constant({
    sender: operator,
    what: { kind: 'joined', operator: { id: 'anna', name: 'Anna' } } as const,
  }),
  fc.constant({ sender: { kind: 'system' as const }, what: { kind: 'hidden' } as const }),
);

/** Whole logs; nobody has read what is not written yet, and nothing follows a closing. */
const logs = fc.tuple(fc.array(happening, { maxLength: 40 }), fc.boolean()).map(([all, closed]) => {
  const last = closed ? [{ sender: operator, what: { kind: 'closed' } as const }] : [];
  return [...all, ...last].map(({ sender, what }, index): Entry => {
    const seq = index + 1;
    const clamped = what.kind === 'receipt' ? { ...what, upTo: Math.min(what.upTo, index) } : what;
    return { seq, at: at(seq), sender, what: clamped };
  });
});

describe('a conversation', () => {
  test('is, entry by entry, what its whole log adds up to', () => {
    fc.assert(
      fc.property(logs, (entries) => {
        let conversation = project({ ...log, entries: [] });
        entries.forEach((entry, index) => {
          conversation = reduceConversation(conversation, entry, entries.slice(0, index));
          assert.deepEqual(conversation, project({ ...log, entries: entries.slice(0, index + 1) }));
        });
      }),
      { numRuns: 500 },
    );
  });

  test('who declined has declined, however often it is offered anew, until somebody has it', () => {
    const decision = { outcome: 'ring' as const, audience: null, ring: [], opensAt: null, steps: [] };
    const routed: Happening = { kind: 'routed', decision, ring: null, until: null, passed: ['anna', 'bela'] };
    const declined = (id: string): Happening => ({ kind: 'declined', by: { id, name: id } });
    const joined: Happening = { kind: 'joined', operator: { id: 'anna', name: 'Anna' } };
    const queued: Happening = { kind: 'queued', why: 'operator-lost' };
    const whole = [declined('bela'), routed, declined('anna'), routed, joined, queued, routed];
    const entries = whole.map((what, index): Entry => ({
      seq: index + 1,
      at: at(index + 1),
      sender: operator,
      what,
    }));
    let conversation = project({ ...log, entries: [] });
    const seen = entries.map((entry, index) => {
      conversation = reduceConversation(conversation, entry);
      assert.deepEqual(conversation, project({ ...log, entries: entries.slice(0, index + 1) }));
      return conversation.desk?.declined;
    });
    const both = ['bela', 'anna'];
    assert.deepEqual(seen, [['bela'], ['bela'], both, both, undefined, undefined, []]);
  });

  test('keeps its position over a kind that is not known', () => {
    const before = project({ ...log, entries: said('a') });
    const strange = { seq: 2, at: at(2), sender: operator, what: { kind: 'danced' } } as unknown as Entry;
    assert.deepEqual(reduceConversation(before, strange), { ...before, lastSeq: 2 });
  });

  test('counts up to 100 unread, as the server does', () => {
    const entries = said(...Array.from({ length: 120 }, String));
    let conversation = project({ ...log, entries: [] });
    for (const entry of entries) conversation = reduceConversation(conversation, entry);
    assert.equal(conversation.unread, 100);
  });
});

function framesOf(entries: readonly Entry[], conversation = false): Down {
  const whole = conversation ? { conversation: project({ ...log, entries: [...entries] }) } : {};
  return {
    type: 'entries',
    conversationId: 'c1',
    ...whole,
    entries: [...entries],
    head: entries.at(-1)?.seq ?? 0,
  };
}

function after(frames: readonly Down[], from: State = emptyState): State {
  return frames.reduce((state, frame) => reduce(state, frame, 'operator').state, from);
}

describe('a thread', () => {
  const all = said('a', 'b', 'c', 'd');
  const first = after([framesOf(all.slice(0, 2), true)]);

  test('takes what is next, drops what it has', () => {
    const state = after(
      [framesOf(all.slice(1, 3)), framesOf(all.slice(0, 1)), framesOf(all.slice(2))],
      first,
    );
    assert.deepEqual(state.threads.get('c1')?.entries, all);
    assert.deepEqual(state.threads.get('c1')?.conversation, project({ ...log, entries: all }));
  });

  test('holds what is too far ahead and says so', () => {
    const { state, gaps } = reduce(first, framesOf(all.slice(3)), 'operator');
    assert.equal(state, first);
    assert.deepEqual(gaps, [{ stream: 'conversation', conversationId: 'c1', head: 4, held: all.slice(3) }]);
  });

  test('is the same object after a repeat', () => {
    assert.equal(after([framesOf(all.slice(0, 2)), framesOf(all.slice(0, 2), true)], first), first);
  });

  test('that comes whole is joined where it meets, else begins anew', () => {
    const long = said(...'a b c d e f g h'.split(' '));
    const joined = after([{ ...framesOf(long, true), entries: long.slice(1) } as Down], first);
    assert.deepEqual(joined.threads.get('c1')?.entries, long);
    const anew = after([{ ...framesOf(long, true), entries: long.slice(5) } as Down], first);
    assert.deepEqual(anew.threads.get('c1')?.entries, long.slice(5));
    assert.equal(anew.threads.get('c1')?.complete, false);
    const full = prepend(anew, 'c1', long.slice(0, 6));
    assert.deepEqual(full.threads.get('c1')?.entries, long);
    assert.equal(full.threads.get('c1')?.complete, true);
    assert.equal(prepend(anew, 'c1', long.slice(0, 2)), anew, 'a hole is not made');
  });

  test('head finds what was never received', () => {
    const head: Down = { type: 'head', positions: { account: 3, conversations: { c1: 4 } } };
    assert.deepEqual(reduce(first, head, 'operator').gaps, [
      { stream: 'account', head: 3 },
      { stream: 'conversation', conversationId: 'c1', head: 4, held: [] },
    ]);
  });
});

describe('VI-13: the place in the queue', () => {
  const visits = (frames: readonly Down[], from: State = emptyState) =>
    frames.reduce((state, frame) => reduce(state, frame, 'visitor').state, from);
  const place = (position: number | null, online = true): Down => ({
    type: 'queue',
    conversationId: 'c1',
    position,
    online,
    opensAt: null,
  });
  const system: Sender = { kind: 'system' };
  const next = (sender: Sender, what: Happening): Down => ({
    type: 'entries',
    conversationId: 'c1',
    entries: [{ seq: 2, at: at(2), sender, what }],
    head: 2,
  });
  const waiting = visits([place(3), framesOf(said('a'), true)]);

  test('is kept when it comes before the conversation, and moves', () => {
    assert.deepEqual(waiting.queue, { conversationId: 'c1', position: 3, online: true, opensAt: null });
    assert.equal(visits([place(3, false)], waiting).queue?.online, false);
    assert.equal(visits([place(2)], waiting).queue?.position, 2);
    assert.equal(visits([next(visitor, { kind: 'message', text: 'b' })], waiting).queue, waiting.queue);
    assert.equal(visits([place(null)], waiting).queue, null);
  });

  test('is forgotten when the waiting is over, also when it is told late', () => {
    const ends: Down[] = [
      next(operator, { kind: 'joined', operator: { id: 'anna', name: 'Anna' } }),
      next(visitor, { kind: 'closed' }),
      next(system, { kind: 'missed' }),
    ];
    for (const end of ends) {
      const over = visits([end], waiting);
      assert.equal(over.queue, null);
      assert.equal(visits([place(1)], over), over);
    }
  });

  test('is told anew to who waits again', () => {
    const queued: Happening = { kind: 'queued', why: 'operator-lost' };
    const again = visits([next(system, queued), place(2)], waiting);
    assert.equal(again.queue?.position, 2);
  });
});

describe('the list', () => {
  const waiting = project({ ...log, entries: said('a') });
  const changes = (from: number, to: number, more: Partial<Changes> = {}): Changes => {
    return { type: 'changes', from, to, conversations: [], removed: [], operators: [], ...more };
  };
  const who = { handle: 'anna', name: 'Anna', role: 'normal', status: 'away', capacity: null } as const;
  const anna = { id: 'anna', ...who };
  const first = after([changes(0, 5, { conversations: [waiting], operators: [anna] })]);

  test('begins with a snapshot, which also replaces what is there', () => {
    assert.equal(first.accountSeq, 5);
    assert.deepEqual([...first.conversations.keys()], ['c1']);
    const again = after([changes(0, 5, { operators: [anna] })], first);
    assert.equal(again.conversations.size, 0);
    assert.equal(after([changes(0, 4)], first), first, 'an old one changes nothing');
  });

  test('takes what reaches further, drops what does not, asks when something is between', () => {
    const closed = { ...waiting, state: 'closed' as const };
    assert.equal(after([changes(3, 6, { conversations: [closed] })], first).conversations.size, 0);
    assert.equal(after([changes(5, 6, { removed: ['c1'] })], first).conversations.size, 0);
    assert.equal(after([changes(4, 5, { removed: ['c1'] })], first), first);
    const { state, gaps } = reduce(first, changes(6, 7, { removed: ['c1'] }), 'operator');
    assert.equal(state, first);
    assert.deepEqual(gaps, [{ stream: 'account', head: 7 }]);
  });

  test('leaves alone what a change does not name', () => {
    const next = after([changes(5, 6, { conversations: [{ ...waiting, unread: 2 }] })], first);
    assert.equal(next.operators, first.operators);
    assert.equal(next.threads, first.threads);
  });
});

test('another epoch forgets the streams and keeps the outbox', () => {
  const outbox = [{ command: { type: 'status.set', ref: 'r', status: 'away' }, at: 1 } as const];
  const before = { ...after([framesOf(said('a'), true)]), epoch: 'e1', outbox };
  const welcome = { type: 'welcome', protocol: 1, now: at(0), heartbeat: 25, conversation: null } as const;
  const same = after([{ ...welcome, epoch: 'e1', reset: false }], before);
  assert.equal(same, before);
  const other = after([{ ...welcome, epoch: 'e2', reset: true }], before);
  assert.deepEqual(other, { ...emptyState, epoch: 'e2', outbox });
});
