import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pending } from '#client/state.ts';
import { uuidv7 } from '#client/ref.ts';
import { browserStorage, createStore } from '../bridge/store.ts';
import { storedOutbox } from './outbox.ts';

const pending = (ref: string): Pending => ({
  command: { type: 'message.post', ref, conversationId: 'c', text: ref },
  at: 1,
});

test('keeps what is unsent in the order of writing, over two tabs', async () => {
  const storage = browserStorage();
  const [one, other] = [storedOutbox(createStore('k', storage)), storedOutbox(createStore('k', storage))];
  const [first, second] = [pending(uuidv7(1)), pending(uuidv7(2))];
  await other.put(second);
  await one.put(first);
  assert.deepEqual(await one.load(), [first, second]);
  await one.remove(second.command.ref);
  assert.deepEqual(await other.load(), [first]);
});

test('what cannot be read any more does not stop the rest', async () => {
  const store = createStore('k', browserStorage());
  store.set('out.broken', '{');
  await storedOutbox(store).put(pending('r'));
  assert.equal((await storedOutbox(store).load()).length, 1);
});
