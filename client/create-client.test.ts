import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import type { Down } from '#protocol/down.ts';
import { uuidv7 } from './ref.ts';
import { post, setUp, start } from './test/fake-chat.ts';

test('a first message reaches the operator, the answer reaches the visitor', async () => {
  const { clock, as } = setUp(setImmediate);
  const visitor = as({ token: 'vera' });
  const operator = as({ operatorId: 'anna' });
  visitor.start();
  operator.start();
  await clock.advance(1000);
  assert.equal(visitor.getState().line, 'online');
  const sent = visitor.send(start('hello'));
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
});

describe('a gap', () => {
  const late = (seq: number): Down => {
    const what = { kind: 'message', text: String(seq) } as const;
    const entry = { seq, at: '', sender: { kind: 'operator', id: 'anna' } as const, what };
    return { type: 'entries', conversationId: 'c1', entries: [entry], head: seq };
  };

  test('that a racing publish fills is not asked for', async () => {
    const { clock, server, inChat, said } = setUp(setImmediate);
    const { visitor } = await inChat();
    server.say(late(3));
    await clock.advance(100);
    assert.equal(visitor.getState().threads.get('c1')?.entries.length, 1);
    server.say(late(2));
    await clock.advance(1000);
    assert.equal(visitor.getState().threads.get('c1')?.entries.length, 3);
    assert.equal(said('conversation.follow').length, 0);
  });

  test('that stays is asked for once, from the last position', async () => {
    const { clock, server, inChat, said } = setUp(setImmediate);
    const { visitor } = await inChat();
    server.faults.lose = 1;
    server.note('c1');
    server.faults.lose = 0;
    server.note('c1');
    await clock.advance(140);
    assert.equal(said('conversation.follow').length, 0);
    await clock.advance(300);
    assert.deepEqual(
      said('conversation.follow').map((frame) => 'after' in frame && frame.after),
      [1],
    );
    assert.equal(visitor.getState().threads.get('c1')?.entries.length, 3);
  });
});

describe('the line', () => {
  test('is asked when it is silent, and given up within 50 s', async () => {
    const { clock, server, inChat } = setUp(setImmediate);
    await inChat();
    server.cut('vera', 0);
    await clock.advance(51_000);
    assert.equal(server.parties.size, 1, 'connected again');
  });

  test('is given up within 10 s when an answer is due', async () => {
    const { clock, server, inChat, said } = setUp(setImmediate);
    const { visitor, post: say } = await inChat();
    server.cut('vera', 0);
    void say('is anybody there?');
    await clock.advance(8000);
    assert.equal(server.parties.size, 0);
    await clock.advance(3000);
    assert.equal(said('message.post').length, 1);
    assert.equal(visitor.getState().outbox.length, 0);
  });

  test('is probed when the page comes back, and left if nothing is heard within 5 s', async () => {
    for (const event of ['visible', 'online', 'show'] as const) {
      const { clock, server, inChat } = setUp(setImmediate);
      const { visitor } = await inChat();
      server.cut('vera', 0);
      visitor.happen(event);
      await clock.advance(7000);
      assert.equal(server.parties.size, 1, event);
    }
  });

  test('is probed when the machine has slept', async () => {
    const { clock, server, inChat } = setUp(setImmediate);
    await inChat();
    server.cut('vera', 0);
    clock.sleep(3_600_000);
    await clock.advance(12_000);
    assert.equal(server.parties.size, 1);
  });

  test('comes back within half a second, later and later, and says when', async () => {
    const { clock, server, inChat } = setUp(setImmediate, () => 0.999);
    const { visitor } = await inChat();
    await clock.advance(61_000);
    server.faults.down = true;
    const waits: number[] = [];
    visitor.subscribe(() => {
      const { line, retryAt } = visitor.getState();
      if (line === 'offline' && retryAt !== null) waits.push(Math.round((retryAt - clock.now()) / 100) / 10);
    });
    server.cut('vera', 1006);
    await clock.advance(120_000);
    assert.deepEqual(waits.slice(0, 8), [0.5, 1, 2, 4, 8, 16, 30, 30]);
    visitor.reconnect();
    server.faults.down = false;
    await clock.advance(11_000);
    assert.equal(visitor.getState().line, 'online');
  });

  test('does not owe the next outage the patience that the last one took', async () => {
    const { clock, server, inChat } = setUp(setImmediate, () => 0.999);
    const { visitor } = await inChat();
    server.faults.down = true;
    server.cut('vera', 1006);
    await clock.advance(60_000);
    server.faults.down = false;
    await clock.advance(31_000);
    assert.equal(visitor.getState().line, 'online');
    server.cut('vera', 1006);
    await clock.advance(45);
    const wait = ((visitor.getState().retryAt ?? 0) - clock.now()) / 1000;
    assert.ok(wait > 1 && wait <= 2, String(wait));
  });

  for (const [code, least, most] of [
    [1012, 4.9, 5],
    [1013, 5.4, 5.6],
    [4003, 0.4, 0.5],
  ] as const) {
    test(`waits ${least} to ${most} s at most after ${code}`, async () => {
      const { clock, server, inChat } = setUp(setImmediate, () => 0.99);
      const { visitor } = await inChat();
      server.cut('vera', code);
      await clock.advance(45);
      const { line, retryAt } = visitor.getState();
      assert.equal(line, 'offline');
      const wait = ((retryAt ?? 0) - clock.now()) / 1000 + 0.045;
      assert.ok(wait > least - 0.05 && wait < most + 0.05, String(wait));
    });
  }

  test('changes over without a gap when the server says goodbye', async () => {
    const { clock, server, inChat } = setUp(setImmediate);
    const { visitor } = await inChat();
    const lines = new Set<string>();
    visitor.subscribe(() => lines.add(visitor.getState().line));
    const before = [...server.parties][0];
    server.say({ type: 'bye', within: 4 });
    await clock.advance(5000);
    assert.notEqual([...server.parties][0], before);
    assert.deepEqual([...lines], ['online'].slice(0, lines.size));
  });

  test('stops after 1008 and when the protocol is not spoken any more', async () => {
    for (const end of [0, 1]) {
      const { clock, server, inChat } = setUp(setImmediate);
      const { visitor } = await inChat();
      if (end) server.cut('vera', 1008);
      else server.say({ type: 'refused', ref: null, code: 'unsupported_protocol', message: 'too old' });
      await clock.advance(60_000);
      assert.equal(visitor.getState().line, 'stopped');
    }
  });

  test('gives way to the back-forward cache and comes back from it', async () => {
    const { clock, server, inChat } = setUp(setImmediate);
    const { visitor } = await inChat();
    visitor.happen('hide');
    assert.equal(server.parties.size, 0);
    await clock.advance(60_000);
    assert.equal(visitor.getState().line, 'offline');
    visitor.happen('show');
    await clock.advance(200);
    assert.equal(visitor.getState().line, 'online');
  });

  test('polls where WebSocket is blocked, and leaves the poll when it is not any more', async () => {
    for (const block of ['fails', 'hangs'] as const) {
      const { clock, server, inChat, as } = setUp(setImmediate);
      server.faults.block = block;
      const operator = as({ operatorId: 'anna' });
      operator.start();
      await clock.advance(4600);
      assert.equal(operator.getState().line, 'online');
      server.faults.block = 'no';
      const { post: say } = await inChat();
      await clock.advance(1000);
      operator.follow('c1');
      await clock.advance(1000);
      await Promise.all([say('one'), operator.send(post('two')), clock.advance(1000)]);
      assert.equal(operator.getState().threads.get('c1')?.entries.length, 3);
      const polls = operator.polls();
      await clock.advance(250_000);
      assert.ok(operator.polls() - polls < 15, 'an idle poll waits');
      await clock.advance(60_000);
      const after = operator.polls();
      await clock.advance(60_000);
      assert.equal(operator.polls(), after, 'a socket carries it now');
      assert.equal(operator.getState().line, 'online');
    }
  });

  test('tries a socket again when polls are refused for being too many', async () => {
    const { clock, server, as } = setUp(setImmediate);
    server.faults.block = 'fails';
    server.faults.fullPolls = true;
    const operator = as({ operatorId: 'anna' });
    operator.start();
    await clock.advance(10_000);
    assert.notEqual(operator.getState().line, 'online');
    server.faults.block = 'no';
    await clock.advance(60_000);
    assert.equal(operator.getState().line, 'online');
  });

  test('leaves no timer behind', async () => {
    const { clock, inChat } = setUp(setImmediate);
    const { visitor, post: say } = await inChat();
    visitor.typing('c1', true);
    void say('bye');
    visitor.stop();
    await clock.advance(200);
    assert.equal(clock.waiting(), 1, "only the server's heartbeat");
    visitor.start();
    await clock.advance(1000);
    assert.equal(visitor.getState().line, 'online');
    assert.equal(visitor.getState().outbox.length, 0);
  });
});

test('typing is said at most every 3 s, ended once, and believed for 6 s', async () => {
  const { clock, as, inChat, said } = setUp(setImmediate);
  const { visitor } = await inChat();
  const operator = as({ operatorId: 'anna' });
  operator.start();
  await clock.advance(500);
  operator.follow('c1');
  await clock.advance(500);
  for (let count = 0; count < 31; count += 1) {
    visitor.typing('c1', true);
    await clock.advance(100);
  }
  assert.equal(said('typing').length, 2);
  assert.equal(operator.getState().threads.get('c1')?.typing, true);
  assert.equal(visitor.getState().threads.get('c1')?.typing, false);
  await clock.advance(6100);
  assert.equal(operator.getState().threads.get('c1')?.typing, false);
  visitor.typing('c1', false);
  visitor.typing('c1', false);
  await clock.advance(100);
  assert.deepEqual(
    said('typing').map((frame) => 'on' in frame && frame.on),
    [true, true, false],
  );
});

test('a thread that was left is not brought back by a late frame; one that may not be seen goes', async () => {
  const { clock, server, inChat } = setUp(setImmediate);
  const { visitor } = await inChat();
  visitor.unfollow('c1');
  server.say({ type: 'head', positions: { conversations: { c1: 9 } } });
  visitor.follow('c404');
  await clock.advance(1000);
  assert.equal(visitor.getState().threads.size, 0);
  visitor.follow('c1');
  await clock.advance(1000);
  assert.equal(visitor.getState().threads.size, 1);
});
