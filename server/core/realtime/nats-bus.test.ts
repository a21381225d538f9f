import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { connect } from '@nats-io/transport-node';
import { createLogger } from '../logger.ts';
import { createMetrics } from '../metrics.ts';
import { Nats } from '../../test/nats.ts';
import type { HubEvent } from './event.ts';
import type { Published } from './hub.ts';
import { NatsBus } from './nats-bus.ts';
import { topics } from './topics.ts';

let nats: Nats;
before(async () => (nats = await Nats.start()));
after(() => nats[Symbol.asyncDispose]());

const [installation, account, id] = [randomUUID(), randomUUID(), randomUUID()];
const typing: HubEvent = { type: 'typing', conversationId: id, from: 'visitor', to: null, on: true };
const topic = topics.conversation(account, id);

/** One process at the broker, and what it hears. */
async function process(of = installation) {
  const log = createLogger('silent');
  const metrics = createMetrics();
  const broker = { servers: [`127.0.0.1:${nats.port}`], tls: false };
  const bus = new NatsBus({ broker, installation: of, log, metrics });
  const heard: Published<HubEvent>[] = [];
  let missed = 0;
  const waiting = new Set<() => void>();
  const look = (): void => waiting.forEach((one) => one());
  bus.start({
    receive: (published) => (heard.push(published), look()),
    missed: () => ((missed += 1), look()),
  });
  const until = (test: () => boolean): Promise<void> =>
    new Promise((resolve, reject) => {
      const end = (): void => {
        clearTimeout(timer);
        waiting.delete(check);
      };
      const check = (): void => {
        if (!test()) return;
        end();
        resolve();
      };
      const timer = setTimeout(() => {
        end();
        reject(new Error(`waited in vain for: ${String(test)}`));
      }, 10_000);
      waiting.add(check);
      check();
    });
  await until(() => bus.hears && missed > 0);
  return {
    bus,
    heard,
    until,
    missed: () => missed,
    metrics,
    [Symbol.asyncDispose]: () => bus[Symbol.asyncDispose](),
  };
}

test('an event comes to the processes that follow its topic, once, and not back', async () => {
  await using a = await process();
  await using b = await process();
  await using stranger = await process(randomUUID());
  for (const { bus } of [a, b, stranger]) {
    bus.follow(topic);
    await bus.listening();
  }
  a.bus.publish({ topic, droppable: true, event: typing });
  await b.until(() => b.heard.length > 0);
  const end: Published<HubEvent> = { topic: topics.session(id), event: { type: 'ended' } };
  for (const { bus } of [a, stranger]) {
    bus.follow(end.topic);
    await bus.listening();
  }
  b.bus.publish(end);
  await a.until(() => a.heard.length > 0);
  assert.deepEqual(b.heard, [{ topic, droppable: true, event: typing }]);
  assert.deepEqual(a.heard, [end], 'its own came back');
  assert.deepEqual(stranger.heard, [], 'another installation at the same broker');
});

test('what is followed after an outage is heard, and what may have been missed is said on both sides', async () => {
  await using a = await process();
  await using b = await process();
  b.bus.follow(topic);
  const missed = (): number => a.missed() + b.missed();
  const before = missed();
  await nats.kill();
  await Promise.all([a, b].map((one) => one.until(() => !one.bus.hears)));
  await Promise.all([a, b].map((one) => one.until(() => missed() >= before + 2)));
  const away = missed();
  a.bus.publish({ topic, event: typing });
  b.bus.unfollow(topic);
  b.bus.follow(topic);
  await b.bus.listening();
  await nats.start();
  await Promise.all([a, b].map((one) => one.until(() => one.bus.hears)));
  // Each for itself, and who comes back last is heard by the other.
  await Promise.race([a, b].map((one) => one.until(() => missed() >= away + 3)));
  await b.bus.listening();
  a.bus.publish({ topic, seq: 2, event: typing });
  await b.until(() => b.heard.length > 0);
  assert.deepEqual(
    b.heard.map(({ seq }) => seq),
    [2],
    'nothing old comes late',
  );
});

test('what is not understood, lies or is too large is no event, but a reason to look', async () => {
  await using a = await process();
  await using b = await process();
  b.bus.follow(topic);
  await b.bus.listening();
  const stranger = await connect({ servers: `127.0.0.1:${nats.port}` });
  const subject = `foyer.${installation}.${account}.c.${id}`;
  const bad = [
    'no json',
    '{}',
    JSON.stringify({ topic, event: { type: 'news of a later version' } }),
    JSON.stringify({ topic, event: { ...typing, conversationId: 'x' } }),
    // Of another account, told where it does not belong.
    JSON.stringify({ topic: topics.conversation(randomUUID(), id), event: typing }),
    JSON.stringify({ topic: topics.session(id), event: { type: 'ended' } }),
  ];
  for (const text of bad) {
    const before = b.missed();
    stranger.publish(subject, text);
    await b.until(() => b.missed() > before);
  }
  await stranger.close();
  const before = b.missed();
  const huge = { ...typing, type: 'entries' as const, entries: [], head: 1, state: 'open' as const };
  const whose = { channel: 'chat' as const, desk: null, operator: null };
  const event = { ...huge, ...whose, visitor: { id, name: 'x'.repeat(2_000_000), email: null } };
  a.bus.publish({ topic, seq: 1, event });
  await b.until(() => b.missed() > before);
  assert.deepEqual(b.heard, []);
  assert.match(await b.metrics.text(), /foyer_bus_events_total\{event="not_understood"\} 6/);
});

test('an idle visitor is no subscription; a conversation is one, as long as somebody here shows it', async () => {
  await using a = await process();
  const visitors = Array.from({ length: 1000 }, () => topics.visitor(account, randomUUID()));
  const base = await subscriptions();
  for (const one of [topics.visitors(account), ...visitors]) a.bus.follow(one);
  await a.bus.listening();
  assert.equal(await subscriptions(), base + 1);
  a.bus.follow(topic);
  await a.bus.listening();
  assert.equal(await subscriptions(), base + 2);
  for (const one of [topic, ...visitors]) a.bus.unfollow(one);
  a.bus.follow(topics.session(id));
  await a.bus.listening();
  assert.equal(await subscriptions(), base + 2, 'the account is still followed');
});

/** As the broker counts them. */
async function subscriptions(): Promise<number> {
  const answer = await fetch(`${nats.monitor}/subsz`);
  return ((await answer.json()) as { num_subscriptions: number }).num_subscriptions;
}
