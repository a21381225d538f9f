import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import type { RoutingSettings } from '#protocol/routing.ts';
import type { OperatorActor } from '../../core/actor.ts';
import type { Connection } from '../../core/realtime/connection.ts';
import { topics } from '../../core/realtime/topics.ts';
import { testDatabase, type TestDatabase } from '../../test/database.ts';
import { makeAccount } from '../../test/factories.ts';
import { PublishedBoxes } from '../chatboxes/published-box.ts';
import { changeOperator } from '../operators/change-operator.ts';
import { addDepartment } from '../routing/add-department.ts';
import { changeSettings } from '../routing/change-settings.ts';
import { acceptConversation } from './accept-conversation.ts';
import { closeConversation } from './close-conversation.ts';
import { postMessage } from './post-message.ts';
import { startConversation } from './start-conversation.ts';
import { takeConversation } from './take-conversation.ts';
import { transferConversation } from './transfer-conversation.ts';

let database: TestDatabase;
before(async () => {
  database = await testDatabase();
  await database.context.presence.start();
});
after(() => database[Symbol.asyncDispose]());

/** Two operators who are there in one department, five chats that wait, and an open widget. */
async function house(settings: Partial<RoutingSettings>, departments = ['Sales']) {
  const { context } = database;
  const account = await makeAccount(context);
  const [anna, bela] = [await account.addOperator('normal'), await account.addOperator('normal')];
  const { accountId, administrator } = account;
  await changeSettings(context, administrator, settings);
  for (const name of departments)
    await addDepartment(context, administrator, { name, operators: [anna.operatorId, bela.operatorId] });
  for (const operator of [anna, bela]) await context.presence.arrived(operator);
  const chats = await Promise.all(
    Array.from({ length: 5 }, async () => {
      const details = { ref: randomUUID(), details: {}, page: null, language: 'en', browser: null };
      return (await startConversation(context, account.visitor(), 'Hello', details)).conversationId;
    }),
  );
  const heard: string[] = [];
  const widget = {
    actor: account.visitor(),
    topics: new Set(),
    closed: false,
    sendText: (text: string) => heard.push(text),
  };
  context.hub.join(widget as unknown as Connection, topics.visitors(accountId));
  const boxes = new PublishedBoxes(context);
  /** How often widgets are told to ask until all has come to rest, and whether somebody is free then. */
  const after = async (...acts: Promise<unknown>[]) => {
    await Promise.all(acts);
    await context.reconciler.settled();
    const told = heard.splice(0).filter((text) => text.includes('"presence"')).length;
    const { departments: shown } = await boxes.state(account.key, {});
    return { told, free: shown.some(({ free }) => free) };
  };
  await after();
  const accept = (actor: OperatorActor, nr: number) =>
    acceptConversation(context, actor, chats[nr] ?? '', randomUUID());
  const close = (actor: OperatorActor, nr: number) =>
    closeConversation(context, actor, chats[nr] ?? '', randomUUID());
  return { account, anna, bela, chats, after, accept, close };
}

test('OP-12: an open widget is told when the last one becomes busy or free, and not by messages', async () => {
  const { context } = database;
  const { anna, bela, chats, after, accept, close } = await house({ capacity: 1 });
  const free = { told: 1, free: true };
  assert.deepEqual(await after(accept(anna, 0)), free, 'Bela is left');
  assert.deepEqual(await after(accept(bela, 1)), { told: 1, free: false });
  const say = { conversationId: chats[0] ?? '', ref: randomUUID(), text: 'Yes?' };
  assert.deepEqual(await after(postMessage(context, anna, say)), { told: 0, free: false });
  assert.deepEqual(await after(close(anna, 2)), { told: 0, free: false }, 'a chat that nobody had');
  assert.deepEqual(await after(close(anna, 0)), free);
  const to = { kind: 'operator' as const, id: anna.operatorId };
  const offer = { conversationId: chats[1] ?? '', ref: randomUUID(), to };
  assert.deepEqual(await after(transferConversation(context, bela, offer)), { told: 0, free: true });
  assert.deepEqual(await after(accept(anna, 1)), free, 'Bela instead of Anna');
});

test('OP-12: who takes over a chat is busier, who had it is free', async () => {
  const { account, anna, bela, chats, after, accept } = await house({ capacity: 1 });
  await after(accept(anna, 0), accept(bela, 1));
  const take = takeConversation(database.context, account.administrator, chats[0] ?? '', randomUUID());
  assert.deepEqual(await after(take), { told: 1, free: true });
});

test('OP-12: below the limit nothing is told, and what happens at once is told once', async () => {
  const { anna, bela, after, accept, close } = await house({ capacity: 2 });
  assert.deepEqual(await after(accept(anna, 0), accept(bela, 1)), { told: 0, free: true });
  await after(accept(anna, 2), accept(bela, 3));
  assert.deepEqual(await after(accept(anna, 4).catch(() => undefined)), { told: 0, free: false });
  const { told, free } = await after(...[0, 2].map((nr) => close(anna, nr)));
  assert.deepEqual([told, free], [1, true]);
});

test("OP-12: another limit of the account's, or of an operator's own, is told", async () => {
  const { context } = database;
  const { account, anna, bela, after, accept } = await house({});
  await after(accept(anna, 0), accept(bela, 1));
  const limit = changeSettings(context, account.administrator, { capacity: 1 });
  assert.equal((await after(limit)).free, false);
  const own = changeOperator(context, account.administrator, bela.operatorId, { capacity: 2 });
  const { told, free } = await after(own);
  assert.ok(told > 0);
  assert.equal(free, true);
});

test('OP-12: where no widget shows who is free, nobody looks', async (t) => {
  const looked = t.mock.method(database.context.presence, 'busier').mock;
  for (const [settings, departments] of [
    [{}, ['Sales']],
    [{ capacity: 1 }, []],
  ] as const) {
    const { anna, bela, after, accept, close } = await house(settings, [...departments]);
    assert.equal((await after(accept(anna, 0), accept(bela, 1))).told, 0);
    assert.equal((await after(close(anna, 0))).told, 0);
  }
  assert.equal(looked.callCount(), 0);
});
