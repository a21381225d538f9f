import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import type { RoutingSettings } from '#protocol/routing.ts';
import type { OperatorActor, VisitorActor } from '../../core/actor.ts';
import { Refusal } from '../../core/errors.ts';
import { testDatabase, type TestDatabase } from '../../test/database.ts';
import { makeAccount, type TestAccount } from '../../test/factories.ts';
import { brokenInvariants } from '../../test/invariants.ts';
import { loadConversations, readEntries } from '../../unscoped/read-log.ts';
import { accountsThatWait } from '../../unscoped/read-waiting.ts';
import { setStatus } from '../operators/set-status.ts';
import { endMembership } from '../operators/end-membership.ts';
import { changeSettings } from '../routing/change-settings.ts';
import { acceptConversation } from './accept-conversation.ts';
import { declineConversation } from './decline-conversation.ts';
import { postMessage } from './post-message.ts';
import { Reconciler } from './reconciler.ts';
import { startConversation } from './start-conversation.ts';
import { takeConversation } from './take-conversation.ts';
import { cancelTransfer, transferConversation } from './transfer-conversation.ts';

let database: TestDatabase;
before(async () => {
  database = await testDatabase();
  await database.context.presence.start();
});
after(async () => {
  assert.deepEqual(await brokenInvariants(ask), []);
  await database[Symbol.asyncDispose]();
});

const ask = async (text: string) => (await database.context.db.unscoped.query<{ found: string }>(text)).rows;
const change = (text: string, values: unknown[]) => database.context.db.unscoped.query(text, values);
const start = () => ({ ref: randomUUID(), details: {}, page: null, language: 'en', browser: null });

/** An account with these settings, and operators who are there. */
async function house(settings: Partial<RoutingSettings>, count = 2) {
  const { context } = database;
  const account = await makeAccount(context);
  const operators = await Promise.all(Array.from({ length: count }, () => account.addOperator('normal')));
  await changeSettings(context, account.administrator, settings);
  for (const operator of operators) await context.presence.arrived(operator);
  return { account, operators, begin: () => begin(account) };
}

async function begin(account: TestAccount): Promise<{ visitor: VisitorActor; id: string }> {
  const visitor = account.visitor();
  const { conversationId } = await startConversation(database.context, visitor, 'Hello', start());
  return { visitor, id: conversationId };
}

/** The conversation after everything that follows from what has happened. */
async function now(account: TestAccount, id: string) {
  const { context } = database;
  context.reconciler.soon(account.accountId);
  await context.reconciler.settled();
  const key = { accountId: account.accountId, conversationId: id };
  const [stored] = await loadConversations(context.db, [key]);
  assert.ok(stored);
  const entries = await readEntries(context.db, key, 0, 100);
  return { ...stored.conversation, kinds: entries.map(({ what }) => what.kind) };
}

/** The time that an operator is rung, or that an offer holds, is over. */
const elapse = (id: string, path: string) =>
  change(
    `update conversations set desk = jsonb_set(desk, $2, '"2020-01-01T00:00:00.000Z"') where conversation_id = $1`,
    [id, path],
  );
const leave = ({ operatorId }: OperatorActor) =>
  change('delete from operator_sessions where operator_id = $1', [operatorId]);
const accept = (actor: OperatorActor, id: string) =>
  acceptConversation(database.context, actor, id, randomUUID());
const code = (expected: string) => (error: unknown) => error instanceof Refusal && error.code === expected;

test('OP-14: round robin rings one after the other; who does not answer or declines is passed over', async () => {
  const { account, operators, begin } = await house({ distribution: 'round-robin' }, 3);
  const { id } = await begin();
  const rings: string[] = [];
  const first = await now(account, id);
  rings.push(...(first.desk?.ring ?? []));
  await elapse(id, '{ringUntil}');
  database.context.conversations.remember((await stored(account, id))!);
  rings.push(...((await now(account, id)).desk?.ring ?? []));
  const second = operators.find(({ operatorId }) => operatorId === rings[1]);
  assert.ok(second);
  await declineConversation(database.context, second, id, randomUUID());
  const third = await now(account, id);
  rings.push(...(third.desk?.ring ?? []));
  assert.equal(new Set(rings).size, 3, 'everybody once');
  assert.deepEqual(third.desk?.passed.toSorted(), rings.slice(0, 2).toSorted());
  await elapse(id, '{ringUntil}');
  database.context.conversations.remember((await stored(account, id))!);
  const { desk } = await now(account, id);
  assert.deepEqual(
    [desk?.ring, desk?.declined],
    [null, [second.operatorId]],
    'then it rings all but who declined',
  );
  await declineConversation(
    database.context,
    operators.find(({ operatorId }) => operatorId === rings[0])!,
    id,
    randomUUID(),
  );
  assert.deepEqual(
    (await now(account, id)).desk?.declined,
    [rings[1], rings[0]],
    'who let it ring may decline it then',
  );
});

const stored = async ({ accountId }: TestAccount, conversationId: string) =>
  (await loadConversations(database.context.db, [{ accountId, conversationId }]))[0];

test('OP-14: several chats that begin one after the other ring several operators', async () => {
  const { account, operators, begin } = await house({ distribution: 'round-robin' }, 3);
  const chats = [await begin(), await begin(), await begin()];
  const rings = await Promise.all(chats.map(async ({ id }) => (await now(account, id)).desk?.ring?.[0]));
  assert.deepEqual(rings.map(String).toSorted(), operators.map(({ operatorId }) => operatorId).toSorted());
});

test('OP-14, I4: 30 chats accepted at once by two operators with room for three each: six are taken, the rest wait', async () => {
  const { account, operators, begin } = await house({ capacity: 3 });
  const chats = await Promise.all(Array.from({ length: 30 }, begin));
  const tried = await Promise.allSettled(
    chats.flatMap(({ id }) => operators.map((operator) => accept(operator, id))),
  );
  for (const one of tried) {
    if (one.status === 'rejected')
      assert.ok(code('limit_reached')(one.reason) || code('taken')(one.reason), one.reason);
  }
  const states = await Promise.all(chats.map(async ({ id }) => (await now(account, id)).state));
  assert.equal(states.filter((state) => state === 'open').length, 6);
  assert.equal(states.filter((state) => state === 'waiting').length, 24);
  assert.deepEqual(await brokenInvariants(ask), []);
});

test('OP-14: what needs an owner checks the limit: a first answer, a takeover and a transfer too', async () => {
  const { account, operators, begin } = await house({ capacity: 1 });
  const [anna, bela] = operators as [OperatorActor, OperatorActor];
  const [one, two] = [await begin(), await begin()];
  await accept(anna, one.id);
  const post = { conversationId: two.id, ref: randomUUID(), text: 'Hi' };
  await assert.rejects(postMessage(database.context, anna, post), code('limit_reached'));
  const to = { kind: 'operator' as const, id: bela.operatorId };
  const offer = () =>
    transferConversation(database.context, anna, { conversationId: one.id, ref: randomUUID(), to });
  await offer();
  await accept(bela, two.id);
  await assert.rejects(accept(bela, one.id), code('limit_reached'));
  assert.equal((await now(account, one.id)).operator?.id, anna.operatorId, 'it stays with who has it');
  await cancelTransfer(database.context, anna, one.id, randomUUID());
  await assert.rejects(offer(), code('unavailable_target'), 'nor is it offered to who could not take it');
});

test('OC-12: a transfer is taken by whom it is offered to, and by nobody else', async () => {
  const { account, operators, begin } = await house({}, 3);
  const [anna, bela, clara] = operators as [OperatorActor, OperatorActor, OperatorActor];
  const { id } = await begin();
  await accept(anna, id);
  const to = { kind: 'operator' as const, id: bela.operatorId };
  const offer = () =>
    transferConversation(database.context, anna, { conversationId: id, ref: randomUUID(), to });
  await offer();
  await assert.rejects(offer(), code('conflict'));
  await assert.rejects(accept(clara, id), code('taken'));
  assert.equal((await now(account, id)).operator?.id, anna.operatorId, "until then it is the sender's");
  await accept(bela, id);
  const { operator, desk, state } = await now(account, id);
  assert.deepEqual([operator?.id, desk, state], [bela.operatorId, null, 'open']);
});

test('OC-12: an offer that nobody takes returns: by time, by decline, and when the target leaves', async () => {
  const { account, operators, begin } = await house({});
  const [anna, bela] = operators as [OperatorActor, OperatorActor];
  const { id } = await begin();
  await accept(anna, id);
  const to = { kind: 'operator' as const, id: bela.operatorId };
  const first = randomUUID();
  let ref = first;
  const offer = async () => {
    await transferConversation(database.context, anna, { conversationId: id, ref, to });
    ref = randomUUID();
  };
  const isBack = async (kind: string) => {
    const { operator, desk, kinds } = await now(account, id);
    assert.deepEqual([operator?.id, desk, kinds.at(-1)], [anna.operatorId, null, kind]);
  };
  await offer();
  await declineConversation(database.context, bela, id, randomUUID());
  await isBack('declined');
  await offer();
  await elapse(id, '{transfer,until}');
  database.context.conversations.remember((await stored(account, id))!);
  await isBack('transfer-ended');
  await offer();
  await leave(bela);
  await isBack('transfer-ended');
  await assert.rejects(offer(), code('unavailable_target'));
  const again = await transferConversation(database.context, anna, { conversationId: id, ref: first, to });
  assert.equal(again.conversationId, id, 'a repeat is acknowledged, whoever has left since');
});

test('OC-12: a target without the language of the visitor is named, and offered it only on purpose', async () => {
  const { account, operators, begin } = await house({ languages: ['en', 'fr'] });
  const [anna, bela] = operators as [OperatorActor, OperatorActor];
  await change(`insert into destinations (account_id, operator_id, language) values ($1, $2, 'fr')`, [
    account.accountId,
    bela.operatorId,
  ]);
  const { id } = await begin();
  await accept(anna, id);
  const offer = {
    conversationId: id,
    ref: randomUUID(),
    to: { kind: 'operator' as const, id: bela.operatorId },
  };
  await assert.rejects(transferConversation(database.context, anna, offer), code('wrong_language'));
  await transferConversation(database.context, anna, { ...offer, anyLanguage: true });
  await accept(bela, id);
  assert.equal((await now(account, id)).operator?.id, bela.operatorId);
});

test("OP-14: a lost operator's unanswered chats go back to the queue, answered ones stay; the visitor is told", async () => {
  const { account, operators, begin } = await house({});
  const [anna, bela] = operators as [OperatorActor, OperatorActor];
  const [waits, answered] = [await begin(), await begin()];
  await accept(anna, waits.id);
  await accept(anna, answered.id);
  await postMessage(database.context, anna, { conversationId: answered.id, ref: randomUUID(), text: 'Yes?' });
  await leave(anna);
  assert.equal((await now(account, waits.id)).state, 'open', 'a reload is no loss');
  await using impatient = new Reconciler(() => database.context, { lostAfterMs: 0 });
  for (let turn = 0; turn < 2; turn += 1) {
    impatient.soon(account.accountId);
    await impatient.settled();
  }
  const back = await now(account, waits.id);
  assert.deepEqual([back.state, back.operator], ['waiting', null]);
  assert.deepEqual(back.kinds.slice(-2), ['queued', 'routed']);
  assert.equal((await now(account, answered.id)).operator?.id, anna.operatorId);
  await accept(bela, waits.id);
  assert.equal((await now(account, waits.id)).operator?.id, bela.operatorId);
});

test('OP-14: the sweep finds whom no event told of, and nobody who waits for nothing', async () => {
  const found = async ({ accountId }: TestAccount) =>
    (await accountsThatWait(database.context.db)).includes(accountId);
  const { account, operators, begin } = await house({});
  const [anna] = operators as [OperatorActor];
  const { visitor, id } = await begin();
  assert.ok(await found(account), 'a chat that waits');
  await accept(anna, id);
  assert.ok(!(await found(account)), 'its operator is there');
  await leave(anna);
  assert.ok(await found(account), 'the visitor has written last');
  await postMessage(database.context, anna, { conversationId: id, ref: randomUUID(), text: 'Yes?' });
  assert.ok(!(await found(account)), 'it is answered');
  await postMessage(database.context, visitor, {
    conversationId: id,
    ref: randomUUID(),
    text: 'Then tell me',
  });
  assert.ok(await found(account));
  await using sweeping = new Reconciler(() => database.context, { lostAfterMs: 0 });
  await sweeping.sweep();
  await sweeping.settled();
  assert.equal((await stored(account, id))?.conversation.state, 'waiting');
});

test('OP-05: every open chat of a deleted operator waits again, answered or not', async () => {
  const { account, operators, begin } = await house({});
  const [anna] = operators as [OperatorActor];
  const { id } = await begin();
  await accept(anna, id);
  await postMessage(database.context, anna, { conversationId: id, ref: randomUUID(), text: 'One moment' });
  await endMembership(database.context, account.accountId, anna.operatorId);
  assert.equal((await now(account, id)).state, 'waiting');
});

test('OP-14: who chose to be off-line keeps its own chats while its console is open, whatever else waits', async () => {
  const { account, operators, begin } = await house({});
  const [anna, bela] = operators as [OperatorActor, OperatorActor];
  const [mine, other] = [await begin(), await begin()];
  await accept(anna, mine.id);
  await setStatus(database.context, anna, 'offline');
  await using impatient = new Reconciler(() => database.context, { lostAfterMs: 0 });
  const look = async () => {
    impatient.soon(account.accountId);
    await impatient.settled();
    return (await now(account, mine.id)).operator?.id;
  };
  await look();
  assert.equal(await look(), anna.operatorId, 'with another chat waiting');
  await accept(bela, other.id);
  assert.equal(await look(), anna.operatorId);
  await leave(anna);
  assert.equal(await look(), undefined);
});

test('OP-14: two processes that look at the same moment do it once', async () => {
  const { account, begin } = await house({ distribution: 'round-robin' }, 3);
  const { id } = await begin();
  await elapse(id, '{ringUntil}');
  database.context.conversations.remember((await stored(account, id))!);
  await using other = new Reconciler(() => database.context);
  for (const each of [other, database.context.reconciler]) each.soon(account.accountId);
  await Promise.all([other.settled(), database.context.reconciler.settled()]);
  const { kinds } = await now(account, id);
  assert.deepEqual(kinds, ['message', 'routed']);
});

test('OC-16: an administrator takes over, and the chat has one owner', async () => {
  const { account, operators, begin } = await house({});
  const [anna] = operators as [OperatorActor];
  const { id } = await begin();
  await accept(anna, id);
  await takeConversation(database.context, account.administrator, id, randomUUID());
  assert.equal((await now(account, id)).operator?.id, account.administrator.operatorId);
  await assert.rejects(takeConversation(database.context, anna, id, randomUUID()), code('not_allowed'));
});
