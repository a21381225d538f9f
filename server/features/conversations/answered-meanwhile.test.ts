import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { testDatabase } from '../../test/database.ts';
import { makeAccount } from '../../test/factories.ts';
import { readEntries } from '../../unscoped/read-log.ts';
import { acceptConversation } from './accept-conversation.ts';
import { appendWith } from './append-with.ts';
import { decidePost } from './post-message.ts';
import { Reconciler } from './reconciler.ts';
import { senderOf } from './sender.ts';
import { startConversation } from './start-conversation.ts';

test('OP-14: a chat that is answered while it is being taken from who seemed absent stays', async (test) => {
  await using database = await testDatabase();
  const { context } = database;
  const { accountId, addOperator, visitor } = await makeAccount(context);
  // Never had a line.
  const anna = await addOperator('normal');
  const start = { ref: randomUUID(), details: {}, page: null, language: 'en', browser: null };
  const { conversationId } = await startConversation(context, visitor(), 'Hello', start);
  await acceptConversation(context, anna, conversationId, randomUUID());
  // The first look is over, so that only the impatient one acts.
  await context.reconciler.settled();
  await using impatient = new Reconciler(() => context, { lostAfterMs: 0 });
  const key = { accountId, conversationId };
  const said = { sender: senderOf(anna), ref: randomUUID(), decide: decidePost(anna, 'Here I am') };
  const { turns } = context.conversations;
  const take = turns.take.bind(turns);
  const decided = Promise.withResolvers<void>();
  await appendWith(context, key, said, async () => {
    test.mock.method(turns, 'take', (account: string, work: () => Promise<unknown>) => {
      decided.resolve();
      return take(account, work);
    });
    impatient.soon(accountId);
    await decided.promise;
  });
  await impatient.settled();
  const kinds = (await readEntries(context.db, key, 0, 100)).map(({ what }) => what.kind);
  assert.deepEqual(kinds, ['message', 'joined', 'message']);
});
