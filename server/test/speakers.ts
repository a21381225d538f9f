import { randomUUID } from 'node:crypto';
import { WebSocket } from 'ws';
import type { Down } from '#protocol/down.ts';
import type { Actor, OperatorActor } from '../core/actor.ts';
import type { Context } from '../context.ts';
import { issueTokens } from '../features/visitors/tokens.ts';
import type { Serving } from './database.ts';
import { PASSWORD } from './factories.ts';

/** Somebody with a real credential: the headers of its requests, and what its hello says. */
export type Speaker = {
  actor: Actor;
  on: 'console' | 'chat';
  headers: Record<string, string>;
  hello: { token?: string; operatorId?: string };
};

/** Gives an actor of test/factories.ts the credential that a browser would hold. */
export async function speakerOf(context: Context, actor: Actor): Promise<Speaker> {
  return actor.kind === 'visitor' ? visitorSpeaker(context, actor) : operatorSpeaker(context, actor);
}

async function visitorSpeaker(
  context: Context,
  actor: Extract<Actor, { kind: 'visitor' }>,
): Promise<Speaker> {
  const { access } = await issueTokens(context.key('visitor'), actor);
  const headers = { authorization: `Bearer ${access}`, origin: context.config.chat.url };
  return { actor, on: 'chat', headers, hello: { token: access } };
}

async function operatorSpeaker(context: Context, actor: OperatorActor): Promise<Speaker> {
  const credentials = { email: `${actor.operatorId}@example.com`, password: PASSWORD };
  const opened = await context.auth.signIn(credentials, { ip: '192.0.2.1', headers: new Headers() });
  if (!opened) throw new Error('the operator cannot sign in');
  const cookie = opened.lines.map(([, line]) => line.split(';')[0]).join('; ');
  const person = await context.auth.sessionOf(new Headers({ cookie }));
  const headers = { cookie, 'foyer-operator': actor.operatorId, origin: context.config.console.url };
  const sessionId = person?.sessionId ?? '';
  return { actor: { ...actor, sessionId }, on: 'console', headers, hello: { operatorId: actor.operatorId } };
}

export type Answer = { status: number; type: string; text: string; json: unknown; headers: Headers };

/** One request with exactly these headers. */
export async function call(
  server: Serving,
  on: 'console' | 'chat',
  method: string,
  path: string,
  { headers = {}, body }: { headers?: Record<string, string>; body?: unknown } = {},
): Promise<Answer> {
  const response = await fetch(`http://127.0.0.1:${server.ports[on]}${path}`, {
    method,
    headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  const type = response.headers.get('content-type') ?? '';
  return {
    status: response.status,
    type,
    text,
    json: type.includes('json') ? JSON.parse(text) : undefined,
    headers: response.headers,
  };
}

type Frame<T extends Down['type']> = Extract<Down, { type: T }>;

/** Longer than a busy machine may need, in ms: it is waited in full only for what never comes. */
const PATIENCE = 15_000;

/** A client of the socket that keeps everything it hears. */
export class Line {
  readonly socket: WebSocket;
  readonly heard: Down[] = [];
  /** Code of the close, when it comes. */
  readonly closed: Promise<{ code: number; reason: string }>;
  readonly #waiting = new Set<() => void>();

  constructor(server: Serving, on: 'console' | 'chat', headers: Record<string, string>) {
    this.socket = new WebSocket(`ws://127.0.0.1:${server.ports[on]}/v1/realtime`, 'foyer.v1', { headers });
    this.socket.on('message', (data) => {
      this.heard.push(JSON.parse((data as Buffer).toString()) as Down);
      for (const look of this.#waiting) look();
    });
    this.socket.on('error', () => undefined);
    this.closed = new Promise((resolve) => {
      this.socket.on('close', (code, reason) => {
        resolve({ code, reason: String(reason) });
        for (const look of this.#waiting) look();
      });
    });
  }

  /** Opens a line and says hello; the greeting is complete when this resolves. */
  static async open(
    server: Serving,
    speaker: Speaker,
    positions: object = { conversations: {} },
    epoch?: string,
  ): Promise<Line> {
    const line = new Line(server, speaker.on, speaker.headers);
    await line.opened();
    line.send({ type: 'hello', protocol: 1, ...speaker.hello, positions, ...(epoch && { epoch }) });
    await line.hear(speaker.on === 'console' ? 'changes' : 'presence');
    return line;
  }

  async opened(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.socket.once('open', resolve);
      this.socket.once('error', reject);
    });
  }

  send(frame: object | string): void {
    this.socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame));
  }

  /** The first frame of this type that fits, heard already or still to come. */
  async hear<T extends Down['type']>(
    type: T,
    fits: (frame: Frame<T>) => boolean = () => true,
    ms = PATIENCE,
  ): Promise<Frame<T>> {
    return this.until(
      () => this.heard.find((frame): frame is Frame<T> => frame.type === type && fits(frame as Frame<T>)),
      ms,
      type,
    );
  }

  async until<R>(look: () => R | undefined, ms = PATIENCE, what = 'what was waited for'): Promise<R> {
    const { promise, resolve, reject } = Promise.withResolvers<R>();
    const check = (): void => {
      const found = look();
      if (found !== undefined) resolve(found);
      else if (this.socket.readyState === WebSocket.CLOSED)
        reject(new Error(`the line closed before ${what}`));
    };
    const timer = setTimeout(
      () => reject(new Error(`no ${what} in ${ms} ms; heard ${JSON.stringify(this.heard).slice(0, 600)}`)),
      ms,
    );
    this.#waiting.add(check);
    check();
    return promise.finally(() => {
      clearTimeout(timer);
      this.#waiting.delete(check);
    });
  }

  /** Sends a command and answers its `done` or `refused`. */
  async command(frame: object): Promise<Frame<'done'> | Frame<'refused'>> {
    const ref = randomUUID();
    this.send({ ref, ...frame });
    return this.until(
      () =>
        this.heard.find(
          (one): one is Frame<'done'> | Frame<'refused'> =>
            (one.type === 'done' || one.type === 'refused') && one.ref === ref,
        ),
      PATIENCE,
      `answer to ${JSON.stringify(frame).slice(0, 100)}`,
    );
  }

  async close(): Promise<void> {
    this.socket.close();
    await this.closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/** A first message, as a command without its ref. */
export const startChat = (text = 'Hello') => ({
  type: 'conversation.start' as const,
  text,
  details: {},
  page: null,
  language: 'en',
});

/** A visitor whose chat has begun, on an open line. */
export async function beginChat(
  server: Serving,
  visitor: Speaker,
): Promise<{ visitor: Speaker; line: Line; conversationId: string }> {
  const line = await Line.open(server, visitor);
  const done = await line.command(startChat());
  if (done.type !== 'done' || !done.conversationId) throw new Error('the chat did not begin');
  return { visitor, line, conversationId: done.conversationId };
}
