import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { createLogger } from './core/logger.ts';
import { closeBoundary, mishaps, openBoundary, server, world } from './test/boundary.ts';
import { framesIn, frameOf, opcodes, rawLine } from './test/raw-line.ts';
import { inParallel } from './test/samples.ts';
import { Line, type Speaker } from './test/speakers.ts';

/** A5, E1: what is below a frame. See fuzz.test.ts for what is in it, and for FOYER_RUNS and FOYER_SEED. */
const runs = Number(process.env['FOYER_RUNS'] ?? 600);
const seed = Number(process.env['FOYER_SEED'] ?? 1);

const faults: string[] = [];
before(() => openBoundary(undefined, createLogger('error', { write: (line) => void faults.push(line) })));
after(closeBoundary);

const speakers = (): Speaker[] => [world.visitor, world.administrator];
const hello = ({ hello: credential }: Speaker): string =>
  JSON.stringify({ type: 'hello', protocol: 1, ...credential, positions: { conversations: {} } });
const follow = (): string =>
  JSON.stringify({
    type: 'conversation.follow',
    ref: crypto.randomUUID(),
    conversationId: world.ids.conversationId,
  });

/** What the server says to these bytes until `enough`, or until it has ended the line. */
async function hearing(
  speaker: Speaker,
  say: (socket: Socket) => Promise<void> | void,
  enough: (heard: ReturnType<typeof framesIn>) => boolean,
): Promise<ReturnType<typeof framesIn> & { ended: boolean }> {
  const socket = await rawLine(server.ports[speaker.on], speaker.headers);
  const parts: Buffer[] = [];
  const { promise, resolve } = Promise.withResolvers<boolean>();
  socket.on('data', (part: Buffer) => {
    parts.push(part);
    if (enough(framesIn(Buffer.concat(parts)))) resolve(false);
  });
  socket.on('close', () => resolve(true));
  await say(socket);
  const ended = await promise;
  socket.destroy();
  return { ...framesIn(Buffer.concat(parts)), ended };
}

const isDone = (text: string): boolean => text.startsWith('{"type":"done"');

describe('A5: a valid session', () => {
  test('that comes in two parts, cut at any byte, is understood', async () => {
    const speaker = world.visitor;
    const bytes = Buffer.concat([hello(speaker), follow()].map((text) => frameOf(opcodes.text, text)));
    const cuts = Array.from({ length: bytes.length - 1 }, (_, index) => index + 1);
    await inParallel(cuts, async (cut) => {
      const heard = await hearing(
        speaker,
        async (socket) => {
          socket.setNoDelay(true);
          socket.write(bytes.subarray(0, cut));
          await sleep(1);
          socket.write(bytes.subarray(cut));
        },
        ({ texts }) => texts.some(isDone),
      );
      assert.ok(!heard.ended, `cut at ${cut}: ${heard.code}`);
    });
  });

  test('whose every byte is a fragment, with pings and pongs between, is understood', async () => {
    for (const speaker of speakers()) {
      const parts = [hello(speaker), follow()].flatMap((text) =>
        [...Buffer.from(text)].flatMap((byte, index, all) => [
          frameOf(index === 0 ? opcodes.text : opcodes.more, Buffer.from([byte]), index === all.length - 1),
          // More pings than it has answered are a flood, for which ws ends the line.
          frameOf(index % 40 === 20 ? opcodes.ping : opcodes.pong, `${index}`),
        ]),
      );
      const heard = await hearing(
        speaker,
        (socket) => void socket.write(Buffer.concat(parts)),
        ({ texts }) => texts.some(isDone),
      );
      assert.ok(!heard.ended, `${heard.code}`);
    }
  });
});

describe('A5: bytes that are no session', () => {
  const text = (payload: Buffer | string): Buffer => frameOf(opcodes.text, payload);
  const cases: Record<string, [Buffer, number]> = {
    'half a character': [text(Buffer.from([0x7b, 0xc3])), 1007],
    'an overlong character': [text(Buffer.from([0xc0, 0xaf])), 1007],
    'half a pair': [text(Buffer.from([0xed, 0xa0, 0x80])), 1007],
    'half a character over two fragments': [
      Buffer.concat([
        frameOf(opcodes.text, Buffer.from([0xf0, 0x9f]), false),
        frameOf(opcodes.more, Buffer.from([0x7b])),
      ]),
      1007,
    ],
    'no mask': [Buffer.from([0x81, 0x01, 0x7b]), 1002],
    'a reserved bit': [Buffer.from([0xc1, 0x81, 0, 0, 0, 0, 0x7b]), 1002],
    'an unknown kind': [Buffer.from([0x83, 0x81, 0, 0, 0, 0, 0x7b]), 1002],
    'a fragment of nothing': [frameOf(opcodes.more, 'x'), 1002],
    'a text inside a text': [Buffer.concat([frameOf(opcodes.text, '{', false), text('{}')]), 1002],
    'a ping in fragments': [frameOf(opcodes.ping, 'x', false), 1002],
    'a ping that is too long': [frameOf(opcodes.ping, 'x'.repeat(126)), 1002],
    'a close of half a code': [frameOf(opcodes.close, Buffer.from([3])), 1002],
    'a close of no known code': [frameOf(opcodes.close, Buffer.from([0, 1])), 1002],
    'a length of 2^63': [Buffer.from([0x81, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]), 1009],
    binary: [frameOf(opcodes.binary, '{}'), 4002],
  };
  for (const [what, [bytes, code]] of Object.entries(cases)) {
    test(`${what}: ${code}`, async () => {
      for (const speaker of speakers()) {
        const heard = await hearing(
          speaker,
          (socket) => void socket.write(Buffer.concat([text(hello(speaker)), bytes])),
          (said) => said.code !== undefined,
        );
        assert.equal(heard.code, code);
      }
    });
  }

  test('any bytes of a session changed end the line by a known code, or are refused', async () => {
    const session = (speaker: Speaker): Buffer[] => [
      text(hello(speaker)),
      text(follow()),
      frameOf(opcodes.ping, 'are you there'),
      frameOf(opcodes.text, '{"type":', false),
      frameOf(opcodes.more, '"ping"}'),
      text(JSON.stringify({ type: 'typing', conversationId: world.ids.conversationId, on: true })),
      text(follow()),
      frameOf(opcodes.close, Buffer.from([0x03, 0xe8])),
    ];
    const changes = fc.sample(
      fc.record({
        who: fc.boolean(),
        edits: fc.array(fc.record({ at: fc.nat(), to: fc.nat(255), how: fc.nat(3) }), {
          minLength: 1,
          maxLength: 6,
        }),
      }),
      { seed, numRuns: runs },
    );
    const known = [undefined, 1000, 1002, 1005, 1007, 1008, 1009, 4001, 4002];
    await inParallel(changes, async ({ who, edits }) => {
      const speaker = speakers()[Number(who)]!;
      const bytes = Array.from(Buffer.concat(session(speaker)));
      for (const { at, to, how } of edits) {
        const place = at % bytes.length;
        if (how === 0) bytes[place] = to;
        else if (how === 1) bytes.splice(place, 1 + (to % 4));
        else if (how === 2) bytes.splice(place, 0, to);
        else bytes.splice(place, 0, ...bytes.slice(Math.max(0, place - to), place));
      }
      const heard = await hearing(
        speaker,
        (socket) => void socket.end(Buffer.from(bytes)),
        () => false,
      );
      assert.ok(known.includes(heard.code), `${heard.code} for ${JSON.stringify(edits)}, FOYER_SEED=${seed}`);
      assert.ok(!heard.texts.some((one) => /"code":"(internal|unavailable)"/.test(one)), heard.texts.join());
    });
  });
});

test('A6: after all this lines are served as before, and nothing was our fault', async () => {
  for (const speaker of speakers()) {
    const line = await Line.open(server, speaker);
    const followed = { type: 'conversation.follow', conversationId: world.ids.conversationId };
    assert.equal((await line.command(followed)).type, 'done');
    await line.close();
  }
  assert.deepEqual(faults, []);
  assert.deepEqual(mishaps, []);
});
