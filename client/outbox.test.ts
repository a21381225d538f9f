import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { memoryStorage, uuidv7 } from './ref.ts';
import { Refusal } from './refusal.ts';
import { post, read, setUp, start } from './test/fake-chat.ts';

describe('the outbox', () => {
  test('survives a reload, with the same ref', async () => {
    const { clock, server, as } = setUp(setImmediate);
    const storage = memoryStorage();
    server.faults.down = true;
    const before = as({ token: 'vera' }, storage);
    before.start();
    const command = start('hello');
    void before.send(command);
    await clock.advance(1000);
    before.stop();
    server.faults.down = false;
    const after = as({ token: 'vera' }, storage);
    after.start();
    await clock.advance(1000);
    assert.equal(server.log.entries('c1')[0]?.ref, command.ref);
    assert.deepEqual([after.getState().outbox, await storage.load()], [[], []]);
  });

  test('goes on in memory when storage fails or hangs', async () => {
    const broken = () => Promise.reject(new Error('no storage'));
    const hanging = () => new Promise<never>(() => {});
    for (const work of [broken, hanging]) {
      const { clock, server, as } = setUp(setImmediate);
      const client = as({ token: 'vera' }, { load: work, put: work, remove: work });
      client.start();
      void client.send(start('hello'));
      await clock.advance(6000);
      assert.equal(server.log.entries('c1').length, 1);
    }
  });

  test('keeps what is refused until the person decides', async () => {
    const { clock, server, inChat } = setUp(setImmediate);
    const { visitor, post: say } = await inChat();
    await Promise.all([
      visitor.send({ type: 'conversation.close', ref: uuidv7(), conversationId: 'c1' }),
      clock.advance(500),
    ]);
    const refused = assert.rejects(
      say('too late'),
      (error) => error instanceof Refusal && error.code === 'closed',
    );
    await clock.advance(500);
    await refused;
    const [pending] = visitor.getState().outbox;
    assert.equal(pending?.refused?.code, 'closed');
    const tries = server.spoken.length;
    visitor.retry(pending?.command.ref ?? '');
    assert.equal(visitor.getState().outbox[0]?.refused, undefined);
    await clock.advance(500);
    assert.equal(server.spoken.length, tries + 1);
    visitor.discard(pending?.command.ref ?? '');
    assert.deepEqual(visitor.getState().outbox, []);
  });

  test('keeps no refused mark, page or status', async () => {
    const { clock, inChat } = setUp(setImmediate);
    const { visitor } = await inChat();
    const page = { url: 'http://shop.test/', title: 'shop' };
    const elsewhere = { ref: uuidv7(), conversationId: 'c9' };
    const all = [
      visitor.send({ type: 'page.visit', ...elsewhere, page }),
      visitor.send({ type: 'receipt.mark', ...elsewhere, ref: uuidv7(), mark: 'read', upTo: 1 }),
    ].map((promise) => assert.rejects(promise, Refusal));
    await clock.advance(500);
    await Promise.all(all);
    assert.deepEqual(visitor.getState().outbox, []);
  });

  test('sends only the newest of marks that wait', async () => {
    const { clock, server, inChat, said } = setUp(setImmediate);
    const { visitor } = await inChat();
    server.cut('vera', 1006);
    await clock.advance(50);
    const marks = [1, 2, 1].map((upTo) => visitor.send(read(upTo)));
    assert.equal(visitor.getState().outbox.length, 1);
    await clock.advance(2000);
    await Promise.all(marks);
    assert.deepEqual(
      said('receipt.mark').map((frame) => 'upTo' in frame && frame.upTo),
      [2],
    );
  });

  test('says again on the same line what is not answered for 5 s', async () => {
    const { clock, server, inChat } = setUp(setImmediate);
    const { post: say } = await inChat();
    const [line] = server.parties;
    server.faults.down = true;
    void say('swallowed');
    await clock.advance(100);
    server.faults.down = false;
    await clock.advance(7000);
    assert.equal(server.log.entries('c1').length, 2);
    assert.deepEqual([...server.parties], [line]);
  });

  test('lets nothing overtake the message that starts a conversation', async () => {
    const { clock, server, inChat } = setUp(setImmediate);
    const { visitor, post: say } = await inChat();
    server.faults.refuse = 1;
    void visitor.send(start('first'));
    await clock.advance(100);
    server.faults.refuse = 0;
    void say('second');
    await clock.advance(10_000);
    const texts = server.log.entries('c1').map(({ what }) => 'text' in what && what.text);
    assert.deepEqual(texts, ['hello', 'first', 'second']);
  });

  test('is settled by my own entry only, not by one of the other side under the same ref', async () => {
    const { clock, server, as, inChat } = setUp(setImmediate);
    const { visitor } = await inChat();
    const operator = as({ operatorId: 'anna' });
    operator.start();
    await clock.advance(500);
    server.faults.refuse = 1;
    const mine = post('mine');
    void visitor.send(mine);
    await clock.advance(100);
    server.faults.refuse = 0;
    await Promise.all([operator.send({ ...post('theirs'), ref: mine.ref }), clock.advance(500)]);
    const thread = () => visitor.getState().threads.get('c1')?.entries.slice(1);
    assert.deepEqual(
      thread()?.map(({ ref, sender }) => [ref, sender.kind]),
      [[mine.ref, 'operator']],
    );
    assert.deepEqual(
      visitor.getState().outbox.map(({ command }) => command),
      [mine],
    );
    await clock.advance(5000);
    assert.deepEqual(visitor.getState().outbox, []);
    assert.deepEqual(
      thread()?.map(({ ref, sender }) => [ref, sender.kind]),
      [
        [mine.ref, 'operator'],
        [mine.ref, 'visitor'],
      ],
    );
  });

  test('holds 500', async () => {
    const { clock, as } = setUp(setImmediate);
    const visitor = as({ token: 'vera' });
    for (let count = 0; count < 500; count += 1) void visitor.send(post(String(count)));
    await assert.rejects(visitor.send(post('one too many')), Refusal);
    await clock.advance(1);
    assert.equal(visitor.getState().outbox.length, 500);
  });

  test('asks for a new credential when a token ends in the middle, and sends again', async () => {
    const { clock, server, inChat, asked } = setUp(setImmediate);
    const { visitor, post: say } = await inChat();
    const sent = say('still me');
    const ref = visitor.getState().outbox[0]?.command.ref ?? '';
    server.say({ type: 'refused', ref, code: 'token_expired', message: '' });
    await clock.advance(2000);
    assert.equal((await sent).seq, 2);
    assert.deepEqual(asked(), [false, true]);
  });
});
