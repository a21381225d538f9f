import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Connection } from './connection.ts';
import { Hub } from './hub.ts';

function listener(name: string, heard: string[]): Connection {
  const sendText = (text: string) => heard.push(`${name} ${text}`);
  return { topics: new Set<string>(), closed: false, sendText } as unknown as Connection;
}

test('an event reaches the followers of its topic, as each may see it, and nobody else', () => {
  const heard: string[] = [];
  const [one, two, three] = [listener('one', heard), listener('two', heard), listener('three', heard)];
  const hub = new Hub<string>((event, connection) => (connection === two ? undefined : event));
  for (const connection of [one, two]) hub.join(connection, 'a');
  hub.join(three, 'b');
  hub.publish({ topic: 'a', seq: 1, event: 'x' });
  hub.publish({ topic: 'nobody', seq: 1, event: 'y' });
  assert.deepEqual(heard, ['one x']);
  assert.deepEqual([hub.head('a'), hub.head('b'), hub.head('nobody')], [1, undefined, undefined]);
});

test('the head of a topic only moves on, and is forgotten with its last follower', () => {
  const hub = new Hub<string>(() => undefined);
  const one = listener('one', []);
  hub.join(one, 'a');
  for (const seq of [5, 3, 7, 6]) hub.sawHead('a', seq);
  assert.equal(hub.head('a'), 7);
  hub.leaveAll(one);
  assert.deepEqual([hub.head('a'), hub.followers('a'), one.topics.size], [undefined, 0, 0]);
});

test('who leaves in the middle of an event stops the others from nothing', () => {
  const heard: string[] = [];
  const hub = new Hub<string>((event, connection, leave) => {
    if (connection === one) leave();
    return event;
  });
  const [one, two] = [listener('one', heard), listener('two', heard)];
  for (const connection of [one, two]) hub.join(connection, 'a');
  for (const event of ['x', 'y']) hub.publish({ topic: 'a', event });
  assert.deepEqual(heard, ['one x', 'two x', 'two y']);
});

test('a closed connection joins nothing, however late its greeting comes', () => {
  const hub = new Hub<string>(() => undefined);
  const gone = Object.assign(listener('gone', []), { closed: true });
  hub.join(gone, 'a');
  assert.deepEqual([hub.followers('a'), gone.topics.size], [0, 0]);
});

test('the bus is told what is published here, and which topics are followed here at all', async () => {
  const told: string[] = [];
  const heard: string[] = [];
  const hub = new Hub<string>((event) => event, {
    publish: ({ topic, event }) => told.push(`publish ${topic} ${event}`),
    follow: (topic) => told.push(`follow ${topic}`),
    unfollow: (topic) => told.push(`unfollow ${topic}`),
    listening: async () => void told.push('listening'),
  });
  const [one, two] = [listener('one', heard), listener('two', heard)];
  for (const connection of [one, two]) hub.join(connection, 'a');
  await hub.listening();
  hub.publish({ topic: 'a', event: 'x' });
  hub.deliver({ topic: 'a', event: 'y' });
  hub.publish({ topic: 'nobody here', event: 'z' });
  for (const connection of [one, two]) hub.leaveAll(connection);
  assert.deepEqual(told, ['follow a', 'listening', 'publish a x', 'publish nobody here z', 'unfollow a']);
  assert.deepEqual(heard, ['one x', 'two x', 'one y', 'two y']);
});
