import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { WebSocket, type ClientOptions } from 'ws';

/** A chat that is ready: the visitor can send, the other side hears. */
export type Chat = {
  /** Sends one message under `ref`. */
  send: (ref: string) => void;
  /** Comes back on a new line; resolves when the line has told all that there is to know. */
  resume: () => Promise<void>;
};

export type Heard = {
  /** The sender's message is committed. */
  acknowledged: (ref: string) => void;
  /** The other side has received it. */
  delivered: (ref: string) => void;
};

/** Something that relays chats durably: Foyer, or the reference beside it. */
export type Target = {
  name: string;
  open: (count: number, heard: Heard) => Promise<Chat[]>;
  /** Opens a line that does nothing, as of a visitor whose chat is open. */
  idle: (index: number) => Promise<WebSocket>;
  /** `kill -9`, and a new process in its place; resolves when it serves. */
  restart: () => Promise<void>;
  usage: () => Promise<{ rss: number; cpuMs: number }>;
  stop: () => Promise<void>;
};

export type Start = (url: string) => Promise<Target>;

export async function startChild(
  file: string,
  env: Record<string, string>,
): Promise<{ child: ChildProcess; hello: unknown }> {
  const child = fork(new URL(file, import.meta.url), {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const ended = once(child, 'exit').then(() => {
    throw new Error(`${file} ended before it was ready`);
  });
  const [hello] = await Promise.race([once(child, 'message'), ended]);
  ended.catch(() => undefined);
  return { child, hello };
}

export async function usageOf(child: ChildProcess): Promise<{ rss: number; cpuMs: number }> {
  child.send('usage');
  const [usage] = (await once(child, 'message')) as [{ rss: number; cpu: { user: number; system: number } }];
  return { rss: usage.rss, cpuMs: (usage.cpu.user + usage.cpu.system) / 1000 };
}

export async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

/** Many lines from one machine: every 900 of them from another loopback address, as the limit per address asks. */
export async function connect(
  url: string,
  index: number,
  options: ClientOptions = {},
  protocols: string[] = [],
): Promise<WebSocket> {
  const socket = new WebSocket(url, protocols, {
    perMessageDeflate: false,
    localAddress: `127.0.1.${1 + Math.floor(index / 900)}`,
    ...options,
  });
  await once(socket, 'open');
  return socket;
}
