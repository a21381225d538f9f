import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { testDatabase, type TestDatabase } from '../../test/database.ts';
import { makeAccount, type TestAccount } from '../../test/factories.ts';
import { Refusal } from '../../core/errors.ts';
import type { Context } from '../../context.ts';
import { loadConversations, readEntries } from '../../unscoped/read-log.ts';
import { untilSomebodyWaits } from '../../test/locks.ts';
import { acceptConversation, decideAccept } from './accept-conversation.ts';
import { appendWith } from './append-with.ts';
import { closeConversation } from './close-conversation.ts';
import { ConversationLog } from './log.ts';
import { postMessage } from './post-message.ts';
import { senderOf } from './sender.ts';
import { startConversation } from './start-conversation.ts';
import { updateDetails } from './tell-of-visitor.ts';
import { visitPage } from './tell-of-visitor.ts';

let database: TestDatabase;
let account: TestAccount;

before(async () => {
  database = await testDatabase();
  account = await makeAccount(database.context);
});
after(() => database[Symbol.asyncDispose]());

const start = (ref: string = randomUUID()) => ({
  ref,
  details: {},
  page: null,
  language: 'en',
  browser: null,
});
const begin = async () => {
  const visitor = account.visitor();
  const { conversationId } = await startConversation(database.context, visitor, 'Hello', start());
  return { visitor, conversationId };
};
const seqs = async (conversationId: string) => {
  const key = { accountId: account.accountId, conversationId };
  return (await readEntries(database.context.db, key, 0, 1000)).map(({ seq }) => seq);
};

test('200 sends at once get the positions 1..n, in the order in which they were handed in', async () => {
  const { visitor, conversationId } = await begin();
  const texts = Array.from({ length: 200 }, (_, index) => `message ${index}`);
  const sent = await Promise.all(
    texts.map((text) => postMessage(database.context, visitor, { conversationId, ref: randomUUID(), text })),
  );
  assert.deepEqual(
    sent.map(({ seq }) => seq),
    texts.map((_, index) => index + 2),
  );
  assert.deepEqual(
    await seqs(conversationId),
    Array.from({ length: 201 }, (_, index) => index + 1),
  );
});

test('the first answers of an operator keep their order, and the later ones are behind them', async () => {
  const operator = await account.addOperator('normal');
  for (let turn = 0; turn < 5; turn += 1) {
    const { conversationId } = await begin();
    const texts = Array.from({ length: 10 }, (_, index) => `message ${index}`);
    const sent = await Promise.all(
      texts.map(async (text, index) => {
        await sleep(index * 2);
        return postMessage(database.context, operator, { conversationId, ref: randomUUID(), text });
      }),
    );
    assert.deepEqual(
      sent.map(({ seq }) => seq),
      texts.map((_, index) => index + 3),
    );
  }
});

test('R8: 50 identical sends at once, and one later, are one entry and all get its position', async () => {
  const { visitor, conversationId } = await begin();
  const ref = randomUUID();
  const send = () => postMessage(database.context, visitor, { conversationId, ref, text: 'once' });
  const answers = await Promise.all(Array.from({ length: 50 }, send));
  answers.push(await send());
  assert.deepEqual(new Set(answers.map(({ seq }) => seq)), new Set([2]));
  assert.deepEqual(await seqs(conversationId), [1, 2]);
});

test('a repeat of a stored send is answered with its position even when the chat has ended meanwhile', async () => {
  const { visitor, conversationId } = await begin();
  const ref = randomUUID();
  const first = await postMessage(database.context, visitor, { conversationId, ref, text: 'last words' });
  await closeConversation(database.context, visitor, conversationId, randomUUID());
  assert.deepEqual(
    await postMessage(database.context, visitor, { conversationId, ref, text: 'last words' }),
    first,
  );
  const other = postMessage(database.context, visitor, {
    conversationId,
    ref: randomUUID(),
    text: 'too late',
  });
  await assert.rejects(other, (error) => error instanceof Refusal && error.code === 'closed');
});

test('R9: two first messages of one visitor at once make one conversation', async () => {
  for (let round = 0; round < 20; round += 1) {
    const visitor = account.visitor();
    const made = await Promise.all(
      [1, 2, 3].map(() => startConversation(database.context, visitor, 'Hi', start())),
    );
    assert.equal(new Set(made.map(({ conversationId }) => conversationId)).size, 1);
    assert.deepEqual(
      made.map(({ seq }) => seq).toSorted((a = 0, b = 0) => a - b),
      [1, 2, 3],
    );
  }
});

test('R8: the same first message twice is stored once', async () => {
  const visitor = account.visitor();
  const ref = randomUUID();
  const made = await Promise.all(
    [1, 2, 3].map(() => startConversation(database.context, visitor, 'Hi', start(ref))),
  );
  made.push(await startConversation(database.context, visitor, 'Hi', start(ref)));
  assert.equal(new Set(made.map((one) => JSON.stringify(one))).size, 1);
});

test('R10: of 20 operators who accept at once exactly one succeeds, the others learn who', async () => {
  const operators = await Promise.all(Array.from({ length: 20 }, () => account.addOperator('normal')));
  const { conversationId } = await begin();
  const outcomes = await Promise.allSettled(
    operators.map((operator) => acceptConversation(database.context, operator, conversationId, randomUUID())),
  );
  assert.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 1);
  for (const outcome of outcomes) {
    if (outcome.status === 'rejected') assert.match(String(outcome.reason), /was taken by Operator/);
  }
});

/** With a memory of its own, that hears nothing from the first. */
function anotherProcess(): Context {
  const { db, metrics } = database.context;
  const publish = () => undefined;
  return {
    ...database.context,
    conversations: new ConversationLog({ db, publish, moved: publish, metrics }),
  };
}

test('that there is nothing to do is never believed of a remembered state alone', async () => {
  const other = anotherProcess();
  const { visitor, conversationId } = await begin();
  const visit = (context: Context, title: string) =>
    visitPage(context, visitor, conversationId, randomUUID(), { url: 'https://shop.example/', title });
  await visit(database.context, 'Shoes');
  await visit(other, 'Cart');
  assert.equal((await visit(database.context, 'Shoes')).seq, 4, 'back to where this process left it');
});

test('two processes that write one conversation at once leave no gap, no repeat and no lost entry', async () => {
  const { context } = database;
  const other = anotherProcess();
  const { visitor, conversationId } = await begin();
  const ref = () => randomUUID();
  const sends = Array.from({ length: 120 }, async (_, index) => {
    await new Promise((resolve) => setTimeout(resolve, index % 7));
    return postMessage(index % 2 === 0 ? context : other, visitor, {
      conversationId,
      ref: ref(),
      text: `m${index}`,
    });
  });
  const settled = await Promise.allSettled(sends);
  const acked = settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value.seq] : []));
  const stored = await seqs(conversationId);
  assert.deepEqual(
    stored,
    stored.map((_, index) => index + 1),
  );
  assert.equal(new Set(acked).size, acked.length);
  assert.equal(stored.length, acked.length + 1);
  assert.ok(acked.length >= 100, `only ${acked.length} of 120 were accepted`);
});

test('a position of the changes that is taken for nothing is told as well, or every console would ask for it', async () => {
  const { context } = database;
  const { visitor, conversationId } = await begin();
  const key = { accountId: account.accountId, conversationId };
  const told = new Set<number>();
  const publish = context.hub.publish.bind(context.hub);
  context.hub.publish = (published) => {
    if (published.event.type === 'changes') told.add(published.event.seq);
    publish(published);
  };
  const held = Promise.withResolvers<void>();
  const decide = decideAccept(account.administrator);
  const said = { sender: senderOf(account.administrator), ref: null, decide };
  const holds = Promise.withResolvers<void>();
  const accepted = appendWith(context, key, said, () => {
    holds.resolve();
    return held.promise;
  });
  await holds.promise;
  const post = { conversationId, ref: randomUUID(), text: 'Meanwhile' };
  const posted = postMessage(context, visitor, post);
  await untilSomebodyWaits(context);
  held.resolve();
  await Promise.all([accepted, posted]);
  context.hub.publish = publish;
  const { rows } = await context.db.unscoped.query<{ seq: number }>(
    'select seq from account_streams where account_id = $1',
    [account.accountId],
  );
  const last = rows[0]?.seq ?? 0;
  assert.deepEqual(
    [...told].toSorted((a, b) => a - b),
    [last - 2, last - 1, last],
  );
});

test('A5: text that the database refuses fails alone, not with its neighbours', async () => {
  const good = await begin();
  const bad = await begin();
  const post = ({ visitor, conversationId }: typeof good, text: string) =>
    postMessage(database.context, visitor, { conversationId, ref: randomUUID(), text });
  const [first, second, third] = await Promise.allSettled([
    post(good, 'fine'),
    post(bad, 'half \ud800 pair'),
    post(good, 'fine too'),
  ]);
  assert.equal(first?.status, 'fulfilled');
  assert.equal(second?.status, 'rejected');
  assert.equal(third?.status, 'fulfilled');
  assert.deepEqual(await seqs(good.conversationId), [1, 2, 3]);
});

test('B1: nothing outside the account can be written to, whatever ids are given', async () => {
  const stranger = await makeAccount(database.context);
  const { visitor, conversationId } = await begin();
  for (const actor of [
    stranger.visitor(),
    { ...visitor, accountId: stranger.accountId },
    stranger.administrator,
    account.visitor(),
  ]) {
    const post = postMessage(database.context, actor, {
      conversationId,
      ref: randomUUID(),
      text: 'mine now',
    });
    await assert.rejects(post, (error) => error instanceof Refusal && error.code === 'not_found');
  }
  assert.deepEqual(await seqs(conversationId), [1]);
});

test('text that means something in an array of PostgreSQL is stored as it was written', async () => {
  const hostile = ['null', 'NULL', '"', '\\', '\\"', '{}', '{a,b}', ',', ' ', "'", '$1', '\n\t', '‮', '👩🏽‍💻'];
  const { visitor, conversationId } = await begin();
  for (const name of hostile) {
    await updateDetails(database.context, visitor, conversationId, randomUUID(), { name });
    await postMessage(database.context, visitor, { conversationId, ref: randomUUID(), text: name });
    const key = { accountId: account.accountId, conversationId };
    const [stored] = await loadConversations(database.context.db, [key]);
    assert.equal(stored?.conversation.visitor.name, name);
    assert.equal(stored?.conversation.preview?.text, name);
    const [last] = (await readEntries(database.context.db, key, 0, 1000)).toReversed();
    assert.deepEqual(last?.what, { kind: 'message', text: name });
  }
});
