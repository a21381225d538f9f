import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { testServer, type TestServer } from '../../test/database.ts';
import { makeAccount } from '../../test/factories.ts';
import { Line, speakerOf, startChat } from '../../test/speakers.ts';
import { openPage } from '../../test/world.ts';
import { inviteVisitor } from './invite-visitor.ts';

let server: TestServer;
before(async () => {
  server = await testServer();
});
after(() => server[Symbol.asyncDispose]());

/** An invited visitor answers; `there`: the operator who invited has a line and is online. */
async function answer(there: boolean, capacity: number | null = null) {
  const { context } = server;
  const account = await makeAccount(context);
  const inviter = await account.addOperator('normal');
  await context.db.unscoped.query('update operators set capacity = $2 where operator_id = $1', [
    inviter.operatorId,
    capacity,
  ]);
  if (there) {
    const line = await Line.open(server, await speakerOf(context, inviter));
    await line.command({ type: 'status.set', status: 'online' });
  }
  const begin = async () => {
    const visitor = account.visitor();
    const visitId = openPage(context, visitor, null, 'Shoes');
    const invitationId = randomUUID();
    await inviteVisitor(context, inviter, { ref: invitationId, visitId, text: 'May I help?' });
    const line = await Line.open(server, await speakerOf(context, visitor));
    const start = { ...startChat('Yes, please'), ref: randomUUID(), invitationId };
    const say = (count: number) => {
      line.send(start);
      return line.until(() => {
        const all = line.heard.filter((one) => one.type === 'done' && one.ref === start.ref);
        return all.length === count ? all.at(-1) : undefined;
      });
    };
    const done = await say(1);
    assert.ok(done.type === 'done');
    const { conversationId = '' } = done;
    const { rows: entries } = await context.db.unscoped.query<{ sender: string; kind: string; text: string }>(
      `select sender_kind as sender, what->>'kind' as kind, what->>'text' as text from entries
       where conversation_id = $1 order by seq`,
      [conversationId],
    );
    const said = entries.map(({ sender, kind, text }) => [sender, kind, text ?? ''].join(' ').trim());
    const conversation = await context.conversations.read({ accountId: account.accountId, conversationId });
    const { rows } = await context.db.unscoped.query<{ state: string }>(
      'select state from invitations where invitation_id = $1',
      [invitationId],
    );
    assert.deepEqual(await say(2), done, 'a repeat begins nothing');
    assert.equal(context.openPages.find(account.accountId, visitId)?.visit.invitation, null);
    return {
      said,
      state: conversation?.state,
      operator: conversation?.operator?.id,
      invitation: rows[0]?.state,
    };
  };
  return { begin, inviter };
}

test('VI-10: the answer begins a conversation with the inviter, whose message is the invitation', async () => {
  const { begin, inviter } = await answer(true);
  const { said, ...rest } = await begin();
  assert.deepEqual(said, ['operator joined', 'operator message May I help?', 'visitor message Yes, please']);
  assert.deepEqual(rest, { state: 'open', operator: inviter.operatorId, invitation: 'accepted' });
});

test('VI-10: where the inviter is gone or has enough to do, the conversation waits, with what was written', async () => {
  const waiting = ['operator invited', 'operator message May I help?', 'visitor message Yes, please'];
  const { said, state, invitation } = await (await answer(false)).begin();
  assert.deepEqual([said, state, invitation], [waiting, 'waiting', 'accepted']);
  const { begin } = await answer(true, 1);
  assert.equal((await begin()).state, 'open');
  const second = await begin();
  assert.deepEqual([second.said, second.state], [waiting, 'waiting']);
});
