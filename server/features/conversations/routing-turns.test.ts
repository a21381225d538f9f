import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import type { RoutingTurn } from '#protocol/conversations.ts';
import type { OperatorActor } from '../../core/actor.ts';
import { testDatabase, type TestDatabase } from '../../test/database.ts';
import { makeAccount } from '../../test/factories.ts';
import { openPage } from '../../test/world.ts';
import { inviteVisitor } from '../visitors/invite-visitor.ts';
import { acceptConversation } from './accept-conversation.ts';
import { readRoutingHistory } from './read-routing-history.ts';
import { startConversation } from './start-conversation.ts';
import { takeConversation } from './take-conversation.ts';
import { cancelTransfer, transferConversation } from './transfer-conversation.ts';

let database: TestDatabase;
before(async () => {
  database = await testDatabase();
  await database.context.presence.start();
});
after(() => database[Symbol.asyncDispose]());

const start = () => ({ ref: randomUUID(), details: {}, page: null, language: 'en', browser: null });

async function house() {
  const { context } = database;
  const account = await makeAccount(context);
  const [anna, bela] = [await account.addOperator('normal'), await account.addOperator('normal')];
  const boss = account.administrator;
  const names = new Map([
    [anna.operatorId, 'anna'],
    [bela.operatorId, 'bela'],
    [boss.operatorId, 'boss'],
  ]);
  const told = (turn: RoutingTurn): string => {
    if (turn.kind === 'decided') return turn.decision.outcome;
    if (turn.kind === 'queued') return turn.why;
    const name = names.get(turn.operator.id);
    if (turn.kind === 'invited') return `invited by ${name}`;
    return `${turn.how}: ${name}${turn.from ? ` from ${names.get(turn.from.id)}` : ''}`;
  };
  return {
    account,
    anna,
    bela,
    boss,
    why: async (id: string) => (await readRoutingHistory(context, boss, id)).turns.map(told),
    arrive: (operator: OperatorActor) => context.presence.arrived(operator),
  };
}

test('OP-13: why a chat went to whom tells of decisions, acceptance, transfers and takeovers, in order', async () => {
  const { context } = database;
  const { account, anna, bela, boss, why, arrive } = await house();
  const { conversationId } = await startConversation(context, account.visitor(), 'Hello', start());
  for (const operator of [anna, bela]) await arrive(operator);
  await acceptConversation(context, anna, conversationId, randomUUID());
  const to = { kind: 'operator' as const, id: bela.operatorId };
  const offer = () => transferConversation(context, anna, { conversationId, ref: randomUUID(), to });
  await offer();
  await acceptConversation(context, bela, conversationId, randomUUID());
  await takeConversation(context, boss, conversationId, randomUUID());
  assert.deepEqual(await why(conversationId), [
    'offline',
    'accepted: anna',
    'transferred: bela from anna',
    'taken-over: boss from bela',
  ]);
});

test('OC-16, OP-13: who takes a chat that is offered to another, or was, takes it over', async () => {
  const { context } = database;
  const { account, anna, bela, boss, why, arrive } = await house();
  for (const operator of [anna, bela]) await arrive(operator);
  const { conversationId } = await startConversation(context, account.visitor(), 'Hello', start());
  await acceptConversation(context, anna, conversationId, randomUUID());
  const to = { kind: 'operator' as const, id: bela.operatorId };
  await transferConversation(context, anna, { conversationId, ref: randomUUID(), to });
  await takeConversation(context, boss, conversationId, randomUUID());
  await transferConversation(context, boss, { conversationId, ref: randomUUID(), to });
  await cancelTransfer(context, boss, conversationId, randomUUID());
  assert.deepEqual(await why(conversationId), ['ring', 'accepted: anna', 'taken-over: boss from anna']);
});

test('VI-10, OP-13: an answered invitation went to who invited, and else was decided by the rules', async () => {
  const { context } = database;
  const { account, anna, bela, why, arrive } = await house();
  await arrive(anna);
  const answer = async (inviter: OperatorActor) => {
    const visitor = account.visitor();
    const visitId = openPage(context, visitor, null, 'Shoes');
    const invitationId = randomUUID();
    await inviteVisitor(context, inviter, { ref: invitationId, visitId, text: 'May I help?' });
    const started = await startConversation(context, visitor, 'Yes', { ...start(), invitationId });
    return why(started.conversationId);
  };
  assert.deepEqual(await answer(anna), ['invited: anna']);
  assert.deepEqual(await answer(bela), ['ring', 'invited by bela']);
});
