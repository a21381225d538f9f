import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { setUp, start } from './test/fake-chat.ts';

test('the line asks for a new credential after 4001, and gives up if it is the refused one', async () => {
  const { clock, server, inChat, asked } = setUp(setImmediate);
  const { visitor } = await inChat();
  server.cut('vera', 4001);
  await clock.advance(2000);
  assert.deepEqual(asked(), [false, true]);
  assert.equal(visitor.getState().line, 'online');
  server.expire('vera');
  server.cut('vera', 4001);
  await clock.advance(5000);
  assert.equal(visitor.getState().line, 'signed-out');
  visitor.happen('visible');
  await clock.advance(60_000);
  assert.equal(visitor.getState().line, 'signed-out');
  server.expire();
  visitor.reconnect();
  await clock.advance(1000);
  assert.equal(visitor.getState().line, 'online');
});

test('the line is given up at once by an operator whose session has ended', async () => {
  const { clock, server, as, asked } = setUp(setImmediate);
  const operator = as({ operatorId: 'anna' });
  operator.start();
  await clock.advance(1000);
  server.expire('anna');
  server.cut('anna', 4001);
  await clock.advance(2000);
  assert.equal(operator.getState().line, 'signed-out');
  assert.deepEqual(asked(), [false, true]);
});

for (const block of ['no', 'fails'] as const) {
  test(`the line is tried later and later while each refused token is renewed; sockets: ${block}`, async () => {
    const { clock, server, as, asked } = setUp(setImmediate, () => 0.999);
    server.faults.block = block;
    let made = 0;
    const visitor = as((refresh) => ({ token: `vera.${(made += refresh ? 1 : 0)}` }));
    const late = Array.from({ length: 100 }, (_, index) => `vera.${index}`);
    server.expire(...late);
    const lines = new Set<string>();
    visitor.subscribe(() => lines.add(visitor.getState().line));
    visitor.start();
    void visitor.send(start('is anybody there?'));
    await clock.advance(120_000);
    assert.deepEqual([...lines].sort(), ['connecting', 'offline']);
    const before = asked().length;
    await clock.advance(120_000);
    const attempts = asked().length - before;
    assert.ok(attempts >= 3 && attempts <= 5, `${attempts} attempts in two minutes`);
    server.expire();
    await clock.advance(31_000);
    assert.equal(visitor.getState().line, 'online');
    assert.equal(visitor.getState().outbox.length, 0);
  });
}
