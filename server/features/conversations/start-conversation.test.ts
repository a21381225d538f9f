import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { testDatabase } from '../../test/database.ts';
import { makeAccount } from '../../test/factories.ts';
import { closeConversation } from './close-conversation.ts';
import { startConversation } from './start-conversation.ts';

test('a first message is never refused because the chat that it found open was closed at that moment', async () => {
  await using database = await testDatabase();
  const { context } = database;
  const account = await makeAccount(context);
  const visitor = account.visitor();
  const start = () =>
    startConversation(context, visitor, 'Hello', {
      ref: randomUUID(),
      details: {},
      page: null,
      language: 'en',
      browser: null,
    });
  const seen = new Set<string>();
  let { conversationId } = await start();
  for (let round = 0; round < 20; round += 1) {
    seen.add(conversationId);
    const closing = closeConversation(context, account.administrator, conversationId, randomUUID());
    const started = await Promise.all([start(), start(), start()]);
    await closing;
    ({ conversationId } = await start());
    const open = new Set([...started.map((each) => each.conversationId), conversationId]);
    assert.ok(
      [...open].filter((id) => !seen.has(id)).length <= 1,
      'all that came too late share the next one',
    );
  }
});
