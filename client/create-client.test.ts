import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { createClient } from './create-client.ts';
import { memoryStorage, uuidv7 } from './ref.ts';
import { createFakeClock } from './test/fake-clock.ts';
import { createFakeBrowser } from './test/fake-browser.ts';
import { createFakeServer } from './test/fake-server.ts';

function setUp() {
  const clock = createFakeClock(() => setImmediate());
  const server = createFakeServer(clock, () => 0.5);
  const as = (who: { token: string } | { operatorId: string }, storage = memoryStorage()) => {
    const { environment, happen } = createFakeBrowser(server);
    const options = { origin: 'http://chat.test', credential: async () => who, storage };
    return { ...createClient(options, environment), happen };
  };
  return { clock, server, as };
}

const start = { details: {}, page: null, language: null } as const;

test('a first message reaches the operator, the answer reaches the visitor', async () => {
  const { clock, as } = setUp();
  const visitor = as({ token: 'vera' });
  const operator = as({ operatorId: 'anna' });
  visitor.start();
  operator.start();
  await clock.advance(1000);
  assert.equal(visitor.getState().line, 'online');
  const sent = visitor.send({ type: 'conversation.start', ref: uuidv7(), text: 'hello', ...start });
  assert.equal(visitor.getState().outbox.length, 1);
  await clock.advance(1000);
  const { conversationId = '' } = await sent;
  assert.equal(visitor.getState().outbox.length, 0);
  assert.equal(visitor.getState().threads.get(conversationId)?.entries.length, 1);
  assert.equal(operator.getState().conversations.get(conversationId)?.unread, 1);
  operator.follow(conversationId);
  await clock.advance(1000);
  void operator.send({ type: 'conversation.accept', ref: uuidv7(), conversationId });
  void operator.send({ type: 'message.post', ref: uuidv7(), conversationId, text: 'good day' });
  await clock.advance(1000);
  const thread = visitor.getState().threads.get(conversationId);
  assert.deepEqual(thread?.conversation, operator.getState().conversations.get(conversationId));
  assert.equal(thread?.conversation.preview?.text, 'good day');
  assert.equal(thread?.complete, true);
  visitor.stop();
  operator.stop();
});
