import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Down } from '#protocol/down.ts';
import { testServer, type TestServer } from '../../test/database.ts';
import { makeAccount, type TestAccount } from '../../test/factories.ts';
import { beginChat, call, speakerOf, startChat as start, type Speaker } from '../../test/speakers.ts';

let server: TestServer;
let account: TestAccount;
let operator: Speaker;

before(async () => {
  server = await testServer();
  account = await makeAccount(server.context);
  operator = await speakerOf(server.context, account.administrator);
});
after(() => server[Symbol.asyncDispose]());

const newVisitor = () => speakerOf(server.context, account.visitor());
const begin = async () => beginChat(server, await newVisitor());

describe('long poll', () => {
  type Frames = { frames: Down[] };
  const poll = async (
    speaker: Speaker,
    wait: number,
    position: object = { conversations: {} },
    epoch?: string,
  ) => {
    const hello = {
      type: 'hello',
      protocol: 1,
      ...speaker.hello,
      positions: position,
      ...(epoch !== undefined && { epoch }),
    };
    const since = performance.now();
    const answer = await call(server, speaker.on, 'POST', '/v1/realtime/poll', {
      headers: speaker.headers,
      body: { hello, wait },
    });
    return { status: answer.status, frames: (answer.json as Frames).frames, ms: performance.now() - since };
  };
  const send = async (speaker: Speaker, frames: object[]) => {
    const body = { ...speaker.hello, frames };
    const answer = await call(server, speaker.on, 'POST', '/v1/realtime/send', {
      headers: speaker.headers,
      body,
    });
    return { status: answer.status, frames: (answer.json as Frames).frames };
  };

  test('answers at once when there is news, waits without, and wakes with what happens', async () => {
    const visitor = await newVisitor();
    const sent = await send(visitor, [{ ref: randomUUID(), ...start() }]);
    assert.deepEqual(
      sent.frames.map(({ type }) => type),
      ['done'],
    );
    const first = await poll(visitor, 5);
    assert.ok(first.ms < 1000);
    const entries = first.frames.find((frame) => frame.type === 'entries');
    const welcome = first.frames.find((frame) => frame.type === 'welcome');
    assert.ok(entries?.entries.length === 1 && welcome);
    const position = { conversations: { [entries.conversationId]: 1 } };
    const idle = await poll(visitor, 1, position, welcome.epoch);
    assert.ok(idle.ms >= 950 && idle.ms < 2000, `${idle.ms}`);
    const waiting = poll(visitor, 10, position, welcome.epoch);
    await sleep(200);
    const post = {
      type: 'message.post',
      ref: randomUUID(),
      conversationId: entries.conversationId,
      text: 'news',
    };
    assert.equal((await send(operator, [post])).frames[0]?.type, 'done');
    const woken = await waiting;
    assert.ok(woken.ms < 3000);
    const news = woken.frames.flatMap((frame) => (frame.type === 'entries' ? frame.entries : []));
    assert.deepEqual(
      news.map(({ seq }) => seq),
      [2, 3],
    );
  });

  test('serves an operator: snapshot first, then only what changed', async () => {
    const first = await poll(operator, 5);
    const changes = first.frames.find((frame) => frame.type === 'changes');
    const welcome = first.frames.find((frame) => frame.type === 'welcome');
    assert.ok(changes?.from === 0 && welcome);
    const waiting = poll(operator, 10, { account: changes.to, conversations: {} }, welcome.epoch);
    await sleep(200);
    const { conversationId, line } = await begin();
    const woken = await waiting;
    const named = woken.frames.flatMap((frame) => (frame.type === 'changes' ? frame.conversations : []));
    assert.deepEqual(
      named.map(({ id }) => id),
      [conversationId],
    );
    await line.close();
  });

  test('answers each frame that is sent, in order, the wrong ones too', async () => {
    const { visitor, line, conversationId } = await begin();
    await line.close();
    const refs = Array.from({ length: 6 }, () => randomUUID());
    const frames = refs.map((ref, index) => ({
      type: 'message.post',
      ref,
      conversationId: index === 3 ? 'x' : conversationId,
      text: ref,
    }));
    const { frames: answers } = await send(visitor, frames);
    const inOrder = answers
      .filter(({ type }) => type === 'done')
      .map((frame) => (frame.type === 'done' ? [frame.ref, frame.seq] : []));
    assert.deepEqual(
      inOrder,
      refs.filter((_, index) => index !== 3).map((ref, index) => [ref, index + 2]),
    );
    assert.deepEqual(
      answers.filter(({ type }) => type === 'refused').map((frame) => 'ref' in frame && frame.ref),
      [refs[3]],
    );
  });

  test('refuses what is not signed in with a frame, not with an error of the server', async () => {
    const stranger = { ...(await newVisitor()), hello: { token: 'x' } };
    for (const { status, frames } of [
      await poll(stranger, 5),
      await send(stranger, [{ ref: randomUUID(), ...start() }]),
    ]) {
      assert.equal(status, 200);
      const refused = frames.find((frame) => frame.type === 'refused');
      assert.ok(refused?.code === 'not_signed_in');
    }
  });
});
