import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { setUp, start } from './test/fake-chat.ts';

test('OC-10: who follows many asks in turn, and every thread is whole after a lost line', async () => {
  const { clock, server, as, said } = setUp(setImmediate);
  for (let each = 0; each < 70; each += 1) {
    const visitor = as({ token: `visitor-${each}` });
    visitor.start();
    void visitor.send(start('hello'));
    await clock.advance(500);
    visitor.stop();
  }
  const operator = as({ operatorId: 'anna' });
  operator.start();
  await clock.advance(1000);
  const ids = [...operator.getState().conversations.keys()];
  assert.equal(ids.length, 70);
  for (const id of ids) operator.follow(id);
  while (operator.getState().threads.size === 0) {
    assert.ok(said('conversation.follow').length <= 20, 'before any answer');
    await clock.advance(1);
  }
  await clock.advance(2000);
  assert.equal(operator.getState().threads.size, 70);

  server.cut('anna', 1006);
  for (const id of ids) server.note(id);
  await clock.advance(30_000);
  const behind = ids.filter(
    (id) => operator.getState().threads.get(id)?.conversation.lastSeq !== server.log.entries(id).length,
  );
  assert.deepEqual(behind, []);
  server.note(ids[69] ?? '');
  await clock.advance(100);
  assert.equal(operator.getState().threads.get(ids[69] ?? '')?.entries.length, 3, 'and goes on live');
  operator.stop();
});
