import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import type { Changes } from '#protocol/changes.ts';
import type { OperatorActor } from '../../core/actor.ts';
import { testServer, type TestServer } from '../../test/database.ts';
import { makeAccount, type TestAccount } from '../../test/factories.ts';
import { Line, speakerOf, type Speaker } from '../../test/speakers.ts';
import { addDepartment } from '../routing/add-department.ts';
import { startConversation } from './start-conversation.ts';

type Department = { id: string; member: Speaker; chats: string[] };

let server: TestServer;
let account: TestAccount;
let departments: Department[];
/** Of visitors who chose none. */
let plain: string;

before(async () => {
  server = await testServer();
  const { context } = server;
  account = await makeAccount(context);
  departments = [];
  for (const name of ['Sales', 'Support']) {
    const actor = await account.addOperator('normal');
    const routing = await addDepartment(context, account.administrator, {
      name,
      operators: [actor.operatorId],
    });
    const { id = '' } = routing.departments.find((each) => each.name === name) ?? {};
    departments.push({ id, member: await speakerOf(context, actor), chats: [] });
  }
  for (const department of departments)
    department.chats = [await begin(department.id), await begin(department.id)];
  plain = await begin();
});
after(() => server[Symbol.asyncDispose]());

async function begin(departmentId?: string): Promise<string> {
  const start = { ref: randomUUID(), details: {}, page: null, language: 'en', browser: null, departmentId };
  return (await startConversation(server.context, account.visitor(), 'Hello', start)).conversationId;
}

const listed = ({ conversations }: Changes) => conversations.map(({ id }) => id).toSorted();

test('B10, OC-16: an operator is told of the waiting chats of its departments and of those without one, of no others', async () => {
  for (const { member, chats } of departments) {
    await using line = await Line.open(server, member);
    assert.deepEqual(listed(await line.hear('changes')), [...chats, plain].toSorted());
  }
  await using all = await Line.open(server, await speakerOf(server.context, account.administrator));
  const every = [...departments.flatMap(({ chats }) => chats), plain];
  assert.deepEqual(listed(await all.hear('changes')), every.toSorted());
});

test('B10, OP-07: what waits for another department cannot be followed, taken, answered, noted, declined or handed on', async () => {
  const [sales, support] = departments as [Department, Department];
  const [conversationId = ''] = support.chats;
  await using line = await Line.open(server, sales.member);
  const { operatorId } = support.member.actor as OperatorActor;
  for (const frame of [
    { type: 'conversation.follow' },
    { type: 'conversation.accept' },
    { type: 'message.post', text: 'Mine' },
    { type: 'note.post', text: 'Mine' },
    { type: 'conversation.decline' },
    { type: 'conversation.close' },
    { type: 'conversation.transfer', to: { kind: 'operator', id: operatorId } },
  ]) {
    const answer = await line.command({ ...frame, conversationId });
    assert.ok(
      answer.type === 'refused' && answer.code === 'not_found',
      `${frame.type}: ${JSON.stringify(answer)}`,
    );
  }
});

test('B10: a chat that begins while they look is told to its department alone', async () => {
  const [sales, support] = departments as [Department, Department];
  await using ours = await Line.open(server, sales.member);
  await using theirs = await Line.open(server, support.member);
  const id = await begin(sales.id);
  const isNew = ({ conversations }: Changes) => conversations.some((each) => each.id === id);
  await ours.hear('changes', isNew);
  await theirs.hear('changes', ({ removed }) => removed.includes(id));
  assert.ok(!theirs.heard.some((frame) => frame.type === 'changes' && isNew(frame)));
});
