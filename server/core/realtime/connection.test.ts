import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { closeCodes } from '#protocol/session.ts';
import type { VisitorActor } from '../actor.ts';
import { Refusal } from '../errors.ts';
import { createLogger } from '../logger.ts';
import { createMetrics } from '../metrics.ts';
import { Connection } from './connection.ts';

const visitor: VisitorActor = {
  kind: 'visitor',
  accountId: 'a',
  visitorId: 'v',
  chatboxId: 'c',
  since: new Date(),
};
const hello = JSON.stringify({ type: 'hello', protocol: 1, positions: { conversations: {} } });
const typing = JSON.stringify({ type: 'typing', conversationId: crypto.randomUUID(), on: true });

/** A line whose hello ends as told, and all that it did. */
function lineWith(greet: (connection: Connection) => Promise<void>) {
  const did: string[] = [];
  const codes: number[] = [];
  const connection = new Connection({
    transport: {
      send: (text) => did.push((JSON.parse(text) as { code?: string }).code ?? 'sent'),
      close: (code) => codes.push(code),
      buffered: () => 0,
    },
    listener: 'chat',
    cookie: null,
    browser: null,
    ip: '',
    dispatch: async (line, message) => {
      if (message.type === 'hello') return greet(line);
      did.push(message.type);
    },
    log: createLogger('silent'),
    metrics: createMetrics(),
  });
  return { connection, did, codes };
}

test('what is said before the welcome is done after it', async () => {
  const { promise: database, resolve: answer } = Promise.withResolvers<void>();
  const { connection, did } = lineWith(async (line) => {
    line.actor = visitor;
    await database;
    line.sendText('{}', false);
  });
  const all = [connection.receive(hello), connection.receive(typing)];
  await setImmediate();
  assert.deepEqual(did, []);
  answer();
  await Promise.all(all);
  assert.deepEqual(did, ['sent', 'typing']);
});

for (const [what, error] of [
  ['by our own fault', new Error('the database is away')],
  ['because too many come', new Refusal('unavailable', 'Later.')],
] as const) {
  test(`a hello that fails ${what} closes the line with 1013: the client comes back and is greeted anew`, async () => {
    const { connection, codes } = lineWith(async (line) => {
      line.actor = visitor;
      throw error;
    });
    await connection.receive(hello);
    assert.deepEqual(codes, [closeCodes.full]);
  });
}

test('a second hello that is refused leaves the line with its speaker', async () => {
  let times = 0;
  const { connection, did, codes } = lineWith(async (line) => {
    line.actor = visitor;
    times += 1;
    if (times === 2) throw new Refusal('not_allowed', 'A connection keeps its speaker.');
  });
  await connection.receive(hello);
  await Promise.all([connection.receive(hello), connection.receive(typing)]);
  assert.deepEqual(did.toSorted(), ['not_allowed', 'typing']);
  assert.deepEqual(codes, []);
});
