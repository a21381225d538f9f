import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { setUp } from './test/fake-chat.ts';

describe('a restored backup', () => {
  test('takes back what was committed after it, line and all', async () => {
    const { clock, server, inChat } = setUp(setImmediate);
    const { visitor, post: say } = await inChat();
    server.backup();
    server.faults.lose = 1;
    await Promise.all([say('lost with the disk'), clock.advance(200)]);
    assert.equal(visitor.getState().outbox[0]?.done?.seq, 2);
    server.newEpoch(true);
    await clock.advance(10_000);
    assert.deepEqual(visitor.getState().outbox, []);
    assert.equal(visitor.getState().threads.get('c1')?.entries.length, 1);
  });

  test('leaves no question about positions that are gone', async () => {
    const { clock, server, inChat, said } = setUp(setImmediate);
    await inChat();
    server.say({ type: 'head', positions: { conversations: { c1: 9 } } });
    await clock.advance(1000);
    server.newEpoch();
    await clock.advance(10_000);
    const before = said('conversation.follow').length;
    await clock.advance(120_000);
    assert.equal(said('conversation.follow').length, before);
  });
});
