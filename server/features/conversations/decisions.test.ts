import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Conversation } from '#protocol/conversations.ts';
import type { Entry, Happening } from '#protocol/entries.ts';
import type { RefusalCode } from '#protocol/errors.ts';
import { reduceConversation } from '#client/reduce.ts';
import { project as definition } from '#client/test/fake-log.ts';
import { Refusal } from '../../core/errors.ts';
import type { Actor, OperatorActor, VisitorActor } from '../../core/actor.ts';
import { ruling, type Said } from '../../test/rules.ts';
import type { StoredConversation } from '../../unscoped/stored-conversation.ts';
import { decideAccept } from './accept-conversation.ts';
import { decideClose } from './close-conversation.ts';
import { decideDecline } from './decline-conversation.ts';
import type { Decide } from './lane.ts';
import { decideReceipt } from './mark-receipt.ts';
import { decideNote } from './post-note.ts';
import { decidePost } from './post-message.ts';
import { project } from './project.ts';
import { senderOf } from './sender.ts';
import { decideStart } from './start-conversation.ts';
import { decideTake } from './take-conversation.ts';
import { decideDetails, decidePage } from './tell-of-visitor.ts';
import { decideCancel, decideTransfer } from './transfer-conversation.ts';

const runs = Number(process.env['FOYER_RUNS'] ?? 5000);
const seed = Number(process.env['FOYER_SEED'] ?? 1);

const BEGUN = '2026-11-22T08:00:00.000Z';
const account = { accountId: 'a' };
const visitor = (visitorId: string): VisitorActor => ({
  kind: 'visitor',
  ...account,
  visitorId,
  chatboxId: 'box',
  since: new Date(0),
});
const operator = (name: string, role: OperatorActor['role']): OperatorActor => ({
  kind: 'operator',
  ...account,
  operatorId: name,
  personId: name,
  sessionId: name,
  signedInAt: new Date(0),
  role,
  name,
});
const people: Actor[] = [
  visitor('vera'),
  visitor('wim'),
  operator('anna', 'normal'),
  operator('bela', 'normal'),
  operator('clara', 'administrator'),
];

const name = fc.constantFrom(undefined, null, 'Vera', 'V.');
const upTo = fc.nat(12);
const text = fc.constantFrom('Hello', 'x'.repeat(200), `${'x'.repeat(139)}👋`);
const offer = fc.record({
  to: fc.constant({ kind: 'department' as const, id: 'sales', name: 'Sales' }),
  audience: fc.subarray(['anna', 'bela', 'clara'], { minLength: 1 }),
  until: fc.constant(BEGUN),
});
const said: fc.Arbitrary<Said> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom('post', 'start'), text }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('accept', 'accept', 'close') }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('take', 'decline', 'cancel') }) },
  fc.record({ kind: fc.constant('note'), text }),
  fc.record({ kind: fc.constant('transfer'), offer }),
  fc.record({ kind: fc.constant('receipt'), mark: fc.constantFrom('delivered', 'read'), upTo }),
  fc.record({
    kind: fc.constant('page'),
    page: fc.record({
      url: fc.constantFrom('https://shop.example/', 'https://shop.example/cart'),
      title: fc.constant(''),
    }),
  }),
  fc.record({
    kind: fc.constant('details'),
    details: fc.record({ name, email: fc.constantFrom(undefined, 'v@x.example') }),
  }),
);
const script = fc.array(fc.record({ who: fc.nat(people.length - 1), said }), { maxLength: 30, size: 'max' });

/** The verb's decision; undefined where the socket lets nobody of this kind come so far. */
function decisionOf(actor: Actor, what: Said): Decide | undefined {
  switch (what.kind) {
    case 'post':
      return decidePost(actor, what.text);
    case 'close':
      return decideClose(actor);
    case 'receipt':
      return decideReceipt(actor, what);
    case 'note':
      return actor.kind === 'operator' ? decideNote(actor, what.text) : undefined;
    case 'take':
      return actor.kind === 'operator' ? decideTake(actor) : undefined;
    case 'decline':
      return actor.kind === 'operator' ? decideDecline(actor) : undefined;
    case 'transfer':
      return actor.kind === 'operator' ? decideTransfer(actor, what.offer) : undefined;
    case 'cancel':
      return actor.kind === 'operator' ? decideCancel(actor) : undefined;
    case 'accept':
      return actor.kind === 'operator' ? decideAccept(actor) : undefined;
    case 'start':
      return actor.kind === 'visitor' ? decideStart(actor, what.text, {}) : undefined;
    case 'page':
      return actor.kind === 'visitor' ? decidePage(actor, what.page) : undefined;
    case 'details':
      return actor.kind === 'visitor' ? decideDetails(actor, what.details) : undefined;
  }
}

function outcome(decide: Decide, conversation: Conversation): Happening[] | RefusalCode {
  try {
    return decide(conversation);
  } catch (error) {
    if (error instanceof Refusal) return error.code;
    throw error;
  }
}

function begin(): StoredConversation {
  const conversation = definition({ id: 'c', visitorId: 'vera', createdAt: BEGUN, entries: [] });
  return { ...account, chatboxId: 'box', unreadSeqs: [], visitorUnreadSeqs: [], conversation };
}

/** P4 of one step, from what it was and what it is. */
function checkOwner(before: Conversation, after: Conversation): void {
  if (before.state === 'closed') assert.equal(after.state, 'closed', 'what is closed stays closed');
  if (after.state === 'open') assert.ok(after.operator, 'an open conversation has an owner');
  if (after.state === 'waiting') assert.equal(after.operator, null, 'a waiting one has none');
  assert.equal(after.waitingSince !== null, after.state === 'waiting', 'it is in the queue while it waits');
  assert.equal(after.closedAt !== null, after.state === 'closed');
}

test('any sequence of decisions keeps to the rules, and its projection is what its entries add up to', (context) => {
  context.diagnostic(`${runs} runs, seed ${seed}`);
  fc.assert(
    fc.property(script, (steps) => {
      let stored = begin();
      let screen = stored.conversation;
      const entries: Entry[] = [];
      for (const { who, said: what } of steps) {
        const actor = people[who];
        assert.ok(actor);
        const decide = decisionOf(actor, what);
        if (!decide) continue;
        const before = stored.conversation;
        const decided = outcome(decide, before);
        assert.deepEqual(
          decided,
          ruling(actor, what, before),
          `${what.kind} by ${senderOf(actor).kind} ${who}`,
        );
        if (typeof decided === 'string') continue;
        for (const happening of decided) {
          const seq = entries.length + 1;
          const at = new Date(Date.parse(BEGUN) + seq * 1000).toISOString();
          const entry: Entry = { seq, at, sender: senderOf(actor), what: happening };
          stored = project(stored, entry);
          screen = reduceConversation(screen, entry, entries);
          entries.push(entry);
          checkOwner(before, stored.conversation);
          const defined = definition({ id: 'c', visitorId: 'vera', createdAt: BEGUN, entries });
          assert.deepEqual(stored.conversation, defined, 'the stored state is the sum of the entries');
          assert.deepEqual(screen, defined, 'so is what a client computes');
        }
      }
    }),
    { numRuns: runs, seed },
  );
});
