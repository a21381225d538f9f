import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Turns } from './turns.ts';

test('work with one key is done in the order of the calls, also behind what has failed; other keys do not wait', async () => {
  const turns = new Turns();
  const done: string[] = [];
  const open = Promise.withResolvers<void>();
  const say = (text: string) => async () => void done.push(text);
  const first = turns.take('a', () => open.promise.then(say('first')));
  const second = turns.take('a', async () => {
    done.push('second');
    throw new Error('second');
  });
  const third = turns.take('a', say('third'));
  await turns.take('b', say('other'));
  open.resolve();
  await assert.rejects(second, /second/);
  await Promise.all([first, third]);
  await turns.take('a', say('fourth'));
  assert.deepEqual(done, ['other', 'first', 'second', 'third', 'fourth']);
});
