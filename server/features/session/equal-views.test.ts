import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as z from 'zod/mini';
import { up, type Command } from '#protocol/up.ts';
import type { Client } from '#client/client.ts';
import { uuidv7 } from '#client/ref.ts';
import { testServer, twoServers, type Serving } from '../../test/database.ts';
import { makeAccount } from '../../test/factories.ts';
import { addOperator } from '../operators/add-operator.ts';
import { changeOperator } from '../operators/change-operator.ts';
import { deleteOperator } from '../operators/delete-operator.ts';
import { addDepartment } from '../routing/add-department.ts';
import { changeSettings } from '../routing/change-settings.ts';
import { putRule } from '../routing/put-rule.ts';
import { Nats } from '../../test/nats.ts';
import { openPage } from '../../test/world.ts';
import { openVisit, operatorClient, signIn, until, visitorClient } from '../../test/clients.ts';

/** What a screen shows, as plain data. */
function view(client: Client, conversationId: string) {
  const {
    account: company,
    routing,
    conversations,
    operators,
    threads,
    accountSeq,
    visits,
  } = client.getState();
  const thread = threads.get(conversationId);
  return {
    accountSeq,
    company,
    routing,
    conversations: [...conversations].toSorted(([a], [b]) => a.localeCompare(b)),
    operators: [...operators].toSorted(([a], [b]) => a.localeCompare(b)),
    visits: visits && [...visits].toSorted(([a], [b]) => a.localeCompare(b)),
    thread: thread && { conversation: thread.conversation, entries: thread.entries },
  };
}

/** The types of all frames that carry a ref, from the schema. */
function commandTypes(): string[] {
  const { oneOf = [] } = z.toJSONSchema(up) as unknown as {
    oneOf?: { properties: { type: { const: string }; ref?: unknown } }[];
  };
  return oneOf
    .filter(({ properties }) => properties.ref)
    .map(({ properties }) => properties.type.const)
    .toSorted();
}

type Audience = { name: string; client: Client; fresh: () => Promise<Client> };

/** state + events = fresh state (Zulip's verify_action, reliability.md M1), for everybody who looks. */
async function assertEqualViews(
  { context }: Serving,
  audiences: Audience[],
  conversationId: string,
  after: string,
): Promise<void> {
  const [stored] = (
    await context.db.unscoped.query('select last_seq from conversations where conversation_id = $1', [
      conversationId,
    ])
  ).rows as { last_seq: number }[];
  for (const { name, client, fresh } of audiences) {
    const newcomer = await fresh();
    newcomer.start();
    newcomer.follow(conversationId);
    if (client.getState().visits) newcomer.watchVisitors(true);
    try {
      await until(`${name} to be online`, () => newcomer.getState().line === 'online');
      await until(`${name} to be up to date after ${after}`, () => {
        const mine = client.getState();
        const theirs = newcomer.getState();
        const seen = mine.threads.get(conversationId)?.conversation.lastSeq;
        return (
          mine.accountSeq === theirs.accountSeq &&
          (seen === undefined || seen === stored?.last_seq) &&
          theirs.presence !== undefined &&
          mine.visits?.size === theirs.visits?.size
        );
      });
      await until(
        `a newcomer like ${name} to see the same thread`,
        () =>
          newcomer.getState().threads.has(conversationId) === client.getState().threads.has(conversationId),
      );
      assert.deepEqual(
        view(client, conversationId),
        view(newcomer, conversationId),
        `${name} after ${after}`,
      );
    } finally {
      newcomer.stop();
    }
  }
}

/** Everybody at this server or at `there`, newcomers at the other one: whoever is where, all see the same. */
async function verify(here: Serving, there: Serving): Promise<void> {
  const account = await makeAccount(here.context);
  const [owner, colleague] = [await account.addOperator('normal'), await account.addOperator('normal')];
  const visit = await openVisit(here, account.key);
  const visitor = visitorClient(here, visit);
  const people: Audience[] = [
    { name: 'the visitor', client: visitor, fresh: async () => visitorClient(there, visit) },
  ];
  for (const [name, actor, at, newAt] of [
    ['the administrator', account.administrator, here, there],
    ['the owner', owner, there, here],
    ['the colleague', colleague, there, here],
  ] as const) {
    const cookie = await signIn(here, actor);
    people.push({
      name,
      client: await operatorClient(at, actor, cookie),
      fresh: () => operatorClient(newAt, actor, cookie),
    });
  }
  const [, adminScreen, ownerScreen, colleagueScreen] = people.map(({ client }) => client);
  assert.ok(adminScreen && ownerScreen && colleagueScreen);
  for (const { client } of people) client.start();
  const tried = new Set<string>();
  const send = async (client: Client, command: Command) => {
    tried.add(command.type);
    return client.send(command);
  };
  try {
    await until('all lines', () => people.every(({ client }) => client.getState().line === 'online'));
    const ref = () => uuidv7();
    const page = { url: 'https://shop.example/shoes', title: 'Shoes' };
    const { conversationId = '' } = await send(visitor, {
      type: 'conversation.start',
      ref: ref(),
      text: 'Hello 👋',
      details: { name: 'Maria' },
      page,
      language: 'en',
    });
    for (const { client } of people) client.follow(conversationId);
    const check = (after: string) => assertEqualViews(here, people, conversationId, after);
    await check('conversation.start');
    await send(visitor, {
      type: 'message.post',
      ref: ref(),
      conversationId,
      text: `long ${'x'.repeat(136)}👋 tail`,
    });
    await check('message.post by the visitor');
    await send(ownerScreen, { type: 'conversation.accept', ref: ref(), conversationId });
    await until(
      'the colleague to lose sight',
      () => !colleagueScreen.getState().conversations.has(conversationId),
    );
    await check('conversation.accept');
    await send(ownerScreen, { type: 'receipt.mark', ref: ref(), conversationId, mark: 'read', upTo: 1 });
    await check('receipt.mark read by the owner');
    await send(ownerScreen, { type: 'message.post', ref: ref(), conversationId, text: 'Hi Maria' });
    await check('message.post by the owner');
    await send(visitor, { type: 'receipt.mark', ref: ref(), conversationId, mark: 'delivered', upTo: 5 });
    await send(visitor, { type: 'receipt.mark', ref: ref(), conversationId, mark: 'read', upTo: 5 });
    await check('receipt.mark by the visitor');
    await send(visitor, {
      type: 'page.visit',
      ref: ref(),
      conversationId,
      page: { url: 'https://shop.example/cart', title: '' },
    });
    await check('page.visit');
    await send(visitor, {
      type: 'details.update',
      ref: ref(),
      conversationId,
      details: { email: 'maria@example.com', name: null },
    });
    await check('details.update');
    await send(ownerScreen, { type: 'status.set', ref: ref(), status: 'away' });
    await check('status.set');
    const boss = account.administrator;
    const guest = { email: 'guest@example.com', name: 'Guest', handle: 'guest', role: 'normal' as const };
    const added = await addOperator(there.context, boss, guest);
    const { operator } = added as Extract<typeof added, { operator: object }>;
    await check('an operator was added');
    await changeOperator(here.context, boss, operator.id, { name: 'Changed', capacity: 2 });
    await check('an operator was changed');
    const team = [operator.id, owner.operatorId];
    await addDepartment(there.context, boss, { name: 'Sales', operators: team });
    await check('a department was added');
    await putRule(here.context, boss, undefined, { address: 'shop.example', operators: team });
    await changeSettings(there.context, boss, { urlRouting: true, languages: ['en', 'de'] });
    await check('URL routing was switched on');
    await deleteOperator(there.context, boss, operator.id);
    await check('an operator was deleted');
    await send(visitor, { type: 'message.post', ref: ref(), conversationId, text: 'one' });
    await send(visitor, { type: 'message.post', ref: ref(), conversationId, text: 'two' });
    await check('two messages');
    await send(adminScreen, {
      type: 'note.post',
      ref: ref(),
      conversationId,
      text: 'Offer her the red ones',
    });
    await check('note.post');
    const to = { kind: 'operator' as const, id: colleague.operatorId };
    const offer = async () => {
      await send(ownerScreen, { type: 'conversation.transfer', ref: ref(), conversationId, to });
      await check('conversation.transfer');
    };
    await offer();
    await send(ownerScreen, { type: 'transfer.cancel', ref: ref(), conversationId });
    await check('transfer.cancel');
    await offer();
    await send(colleagueScreen, { type: 'conversation.decline', ref: ref(), conversationId });
    await check('conversation.decline');
    await offer();
    await send(colleagueScreen, { type: 'conversation.accept', ref: ref(), conversationId });
    await check('conversation.accept of a transfer');
    await send(adminScreen, { type: 'conversation.take', ref: ref(), conversationId });
    await check('conversation.take');
    await send(visitor, { type: 'conversation.close', ref: ref(), conversationId });
    await check('conversation.close');
    const visitId = openPage(here.context, account.visitor(), null, 'Shoes');
    for (const { client, name } of people) if (name !== 'the visitor') client.watchVisitors(true);
    const sees = (waits: boolean) => () =>
      people.every(({ client, name }) => {
        const visit = client.getState().visits?.get(visitId);
        return name === 'the visitor' || (visit && (visit.invitation?.state === 'waiting') === waits);
      });
    await until('everybody to see the page', sees(false));
    await send(ownerScreen, { type: 'visitor.invite', ref: ref(), visitId, text: 'May I help?' });
    await until('everybody to see the invitation', sees(true));
    await check('visitor.invite');
    const words = { type: 'colleague.write' as const, operatorId: colleague.operatorId, text: 'Coffee?' };
    const { conversationId: between = '' } = await send(ownerScreen, { ...words, ref: ref() });
    for (const { client } of people) client.follow(between);
    await assertEqualViews(here, people, between, 'colleague.write');
    await send(colleagueScreen, { type: 'message.post', ref: ref(), conversationId: between, text: 'Yes' });
    await send(ownerScreen, {
      type: 'receipt.mark',
      ref: ref(),
      conversationId: between,
      mark: 'read',
      upTo: 2,
    });
    await assertEqualViews(here, people, between, 'an answer between operators');
    assert.deepEqual(
      [...tried, 'conversation.follow', 'visitors.watch'].toSorted(),
      commandTypes(),
      'a command without such a test',
    );
  } finally {
    for (const { client } of people) client.stop();
  }
}

const title = 'after every command each screen equals a fresh one: visitor, owner, colleague, administrator';

test(`M1: ${title}`, async () => {
  await using server = await testServer();
  await verify(server, server);
});

test(`M1: on two processes ${title}`, async () => {
  await using nats = await Nats.start();
  await using house = await twoServers(nats);
  await verify(house.a, house.b);
});
