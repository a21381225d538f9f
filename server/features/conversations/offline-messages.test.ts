import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import type { OperatorActor } from '../../core/actor.ts';
import { testDatabase, type TestDatabase } from '../../test/database.ts';
import { makeAccount, type TestAccount } from '../../test/factories.ts';
import { brokenInvariants } from '../../test/invariants.ts';
import { loadConversations, readEntries } from '../../unscoped/read-log.ts';
import { accountsWithMessages } from '../../unscoped/read-waiting.ts';
import { endMembership } from '../operators/end-membership.ts';
import { addDepartment } from '../routing/add-department.ts';
import { changeDepartment } from '../routing/change-department.ts';
import { changeSettings } from '../routing/change-settings.ts';
import { acceptConversation } from './accept-conversation.ts';
import { leaveMessage, startConversation } from './start-conversation.ts';
import { transferConversation } from './transfer-conversation.ts';

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

/** An account with two operators who are there. */
async function house() {
  const { context } = database;
  const account = await makeAccount(context);
  const [anna, bela] = [await account.addOperator('normal'), await account.addOperator('normal')];
  for (const operator of [anna, bela]) await context.presence.arrived(operator);
  return { account, anna, bela };
}

/** A message that a visitor leaves, perhaps for a department. */
async function leaveOffline(account: TestAccount, departmentId?: string): Promise<string> {
  const message = { email: 'vera@example.org', subject: null, text: 'Call me' };
  const start = { ref: randomUUID(), details: {}, page: null, language: 'en', browser: null, departmentId };
  const left = await leaveMessage(database.context, account.visitor(), message, start);
  return left.conversationId;
}

/** The message after everything that follows from what has happened. */
async function now({ accountId }: TestAccount, conversationId: string) {
  const { context } = database;
  context.reconciler.soon(accountId);
  await context.reconciler.settled();
  const key = { accountId, conversationId };
  const [stored] = await loadConversations(context.db, [key]);
  assert.ok(stored);
  const entries = await readEntries(context.db, key, 0, 100);
  return { ...stored.conversation, kinds: entries.map(({ what }) => what.kind) };
}

const accept = (actor: OperatorActor, id: string) =>
  acceptConversation(database.context, actor, id, randomUUID());

test('OP-05: an off-line message of a deleted operator waits again, and rings nobody', async () => {
  const { account, anna } = await house();
  const id = await leaveOffline(account);
  await accept(anna, id);
  await endMembership(database.context, account.accountId, anna.operatorId);
  const { state, operator, desk, channel, kinds } = await now(account, id);
  assert.deepEqual([state, operator, channel], ['waiting', null, 'offline']);
  assert.deepEqual(desk, {
    audience: null,
    ring: [],
    ringUntil: null,
    passed: [],
    declined: [],
    transfer: null,
  });
  assert.deepEqual(kinds.slice(-2), ['queued', 'routed']);
});

test('OP-05, OC-16: an off-line message whose operator is gone, and whom no event told of, is found by the sweep', async () => {
  const { account, anna } = await house();
  const id = await leaveOffline(account);
  await accept(anna, id);
  await change('update operators set deleted_at = now() where operator_id = $1', [anna.operatorId]);
  assert.equal((await now(account, id)).state, 'open', 'a look at chats is not a look at these');
  assert.ok((await accountsWithMessages(database.context.db)).includes(account.accountId));
  await database.context.reconciler.sweepMessages();
  assert.equal((await now(account, id)).state, 'waiting');
});

test('OC-16: who may take an off-line message follows the rules, whoever is there, and rings nobody', async () => {
  const { context } = database;
  const { account, anna, bela } = await house();
  const { administrator } = account;
  const named = { name: 'Support', operators: [anna.operatorId] };
  const { departments } = await addDepartment(context, administrator, named);
  const departmentId = departments[0]?.id ?? '';
  const id = await leaveOffline(account, departmentId);
  const audience = async () => (await now(account, id)).desk?.audience;
  assert.deepEqual(await audience(), [anna.operatorId]);
  const both = [anna.operatorId, bela.operatorId];
  await changeDepartment(context, administrator, departmentId, { name: 'Support', operators: both });
  assert.deepEqual((await audience())?.toSorted(), both.toSorted());
  await endMembership(context, account.accountId, anna.operatorId);
  await change('delete from operator_sessions where operator_id = $1', [bela.operatorId]);
  const { desk, channel, kinds } = await now(account, id);
  assert.deepEqual([desk?.audience, desk?.ring, channel], [[bela.operatorId], [], 'offline']);
  const asked = kinds.length;
  await context.reconciler.sweepMessages();
  assert.equal((await now(account, id)).kinds.length, asked, 'a second look finds nothing');
});

test('OC-12: an off-line message is not handed on', async () => {
  const { account, anna, bela } = await house();
  const conversationId = await leaveOffline(account);
  await accept(anna, conversationId);
  const to = { kind: 'operator' as const, id: bela.operatorId };
  const offer = transferConversation(database.context, anna, { conversationId, ref: randomUUID(), to });
  await assert.rejects(offer, { code: 'not_allowed' });
});

test('VI-13, OP-08: what nobody took in time is an offline message, and goes out by e-mail once', async () => {
  const { context } = database;
  const { account } = await house();
  await changeSettings(context, account.administrator, { missedAfter: 30 });
  const start = { ref: randomUUID(), details: {}, page: null, language: 'en', browser: null };
  const { conversationId: id } = await startConversation(context, account.visitor(), 'Hello', start);
  await change(
    `update conversations set waiting_since = now() - interval '31 seconds' where conversation_id = $1`,
    [id],
  );
  const [stored] = await loadConversations(context.db, [{ ...account, conversationId: id }]);
  context.conversations.remember(stored!);
  const missed = await now(account, id);
  assert.deepEqual([missed.channel, missed.kinds.at(-1)], ['offline', 'missed']);
  await now(account, id);
  const mails = await ask(`select mail_id as found from mails where account_id = '${account.accountId}'`);
  assert.equal(mails.length, 1);
});
