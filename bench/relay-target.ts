import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { freePort } from '../server/test/ports.ts';
import { connect, startChild, stopChild, usageOf, type Target } from './target.ts';

const PER_OPERATOR = 10;

export async function startRelay(databaseUrl: string): Promise<Target> {
  const port = await freePort();
  const startRelayChild = () => startChild('./relay.ts', { DATABASE_URL: databaseUrl, PORT: String(port) });
  let { child } = await startRelayChild();
  const url = `ws://127.0.0.1:${port}`;
  const greet = async (index: number, chats: string[]) => {
    const socket = await connect(url, index);
    socket.send(JSON.stringify({ type: 'hello', chats }));
    await once(socket, 'message');
    return socket;
  };
  return {
    name: 'reference relay',
    open: async (count, heard) => {
      const ids = Array.from({ length: count }, () => randomUUID());
      for (let from = 0; from < count; from += PER_OPERATOR) {
        const operator = await greet(from, ids.slice(from, from + PER_OPERATOR));
        operator.on('message', (data: Buffer) => {
          const frame = JSON.parse(data.toString()) as { entries?: { ref: string }[] };
          for (const { ref } of frame.entries ?? []) heard.delivered(ref);
        });
      }
      return Promise.all(
        ids.map(async (chat, index) => {
          const socket = await greet(index, [chat]);
          const sender = randomUUID();
          socket.on('message', (data: Buffer) => {
            const frame = JSON.parse(data.toString()) as { type: string; ref: string };
            if (frame.type === 'done') heard.acknowledged(frame.ref);
          });
          return {
            send: (ref) =>
              socket.send(JSON.stringify({ type: 'message.post', chat, sender, ref, text: TEXT })),
            resume: async () => void (await greet(index, [chat])),
          };
        }),
      );
    },
    idle: (index) => greet(index, [randomUUID()]),
    restart: async () => {
      await stopChild(child);
      ({ child } = await startRelayChild());
    },
    usage: () => usageOf(child),
    stop: () => stopChild(child),
  };
}

export const TEXT = 'Hello, do you still have the blue one in size 42, and when could it be here?';
