import type { Command } from '#protocol/up.ts';
import type { Done } from '#protocol/session.ts';
import type { Client, ClientOptions } from '#client/client.ts';
import { createClient } from '#client/create-client.ts';
import type { Environment } from '#client/environment.ts';
import type { Side } from '#client/reduce.ts';
import { memoryStorage } from '#client/ref.ts';
import { Refusal } from '#client/refusal.ts';
import { WebSocket } from 'ws';
import type { View } from './checker.ts';
import { Journal } from './journal.ts';

export type PersonOptions = Pick<ClientOptions, 'origin' | 'credential'> & {
  name: string;
  side: Side;
  /** Folder of the journals. */
  journals: string;
  /** What a browser would send with every request. */
  headers: Record<string, string>;
  random: () => number;
  /** What else it takes from surroundings of its own, a clock for one. */
  surroundings?: Partial<Environment> | undefined;
};

/** A visitor or an operator: the real client core over real sockets, with a journal of what it sent and heard. */
export class Person implements Disposable {
  readonly name: string;
  readonly #side: Side;
  readonly client: Client;
  /** Conversations that it must show. */
  readonly follows = new Set<string>();
  /** Lines that it tried to open: sockets, and polls. */
  attempts = 0;
  /** Times that it came online. */
  arrivals = 0;
  /** Seconds that each acknowledged command took from being said. */
  readonly waits: number[] = [];
  readonly #journal: Journal;
  readonly #sockets = new Set<WebSocket>();

  /** Origin of the server, and what a browser would send. */
  readonly #asks: (path: string, body: unknown) => Promise<Response>;

  constructor({ name, side, journals, headers, random, surroundings, ...options }: PersonOptions) {
    this.name = name;
    this.#side = side;
    this.#journal = new Journal(journals, name);
    const environment = nodeEnvironment(headers, () => (this.attempts += 1), this.#sockets);
    this.client = createClient(
      { ...options, storage: memoryStorage() },
      { ...environment, random, ...surroundings },
    );
    this.#asks = (path, body) =>
      environment.fetch(`${options.origin}${path}`, { method: 'POST', body: JSON.stringify(body) });
    let before = this.client.getState().line;
    this.client.subscribe(() => {
      const { line } = this.client.getState();
      if (line === 'online' && before !== 'online') this.arrivals += 1;
      before = line;
    });
  }

  /**
   * Sends a command and writes down what becomes of it. Resolves when it is acknowledged, or to undefined when it was
   * refused for good; then it is also taken from the screen.
   */
  async say(command: Command): Promise<Done | undefined> {
    // A uuid is the same in capitals, and stored without.
    const step = { client: this.name, ref: command.ref.toLowerCase(), command: command.type };
    this.#journal.write({ ...step, type: 'invoke' });
    const begun = performance.now();
    try {
      const done = await this.client.send(command);
      this.waits.push((performance.now() - begun) / 1000);
      // An older mark may be answered in the name of a newer one, which says nothing of its own place.
      const { conversationId, seq } = command.type === 'receipt.mark' ? {} : done;
      this.#journal.write({ ...step, type: 'ok', conversationId, seq });
      return done;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.#journal.write({ ...step, type: 'fail', code: error.code });
      this.client.discard(command.ref);
      return undefined;
    }
  }

  /** A request of its own beside the client's. Throws what is not answered well. */
  async post<Answer>(path: string, body: unknown): Promise<Answer> {
    const response = await this.#asks(path, body);
    if (!response.ok) throw new Error(`${path} answers ${response.status}`);
    return (await response.json()) as Answer;
  }

  /** Its machine reads nothing any more of what comes on the lines that are open now; they stay open. */
  stall(): void {
    for (const socket of this.#sockets) socket.pause();
  }

  readAgain(): void {
    for (const socket of this.#sockets) socket.resume();
  }

  view(): View {
    const { threads, outbox } = this.client.getState();
    const unsent = outbox.map(({ command }) => command.ref);
    return { client: this.name, side: this.#side, threads, follows: [...this.follows], unsent };
  }

  /** Online, with nothing unanswered. */
  get settled(): boolean {
    const { line, outbox } = this.client.getState();
    return line === 'online' && outbox.length === 0;
  }

  [Symbol.dispose](): void {
    this.client.stop();
    this.#journal[Symbol.dispose]();
  }
}

/**
 * What a browser does by itself and Node must be told: its headers with every request. `tried`: a line is opened; `open`
 * holds the sockets that are.
 */
function nodeEnvironment(
  headers: Record<string, string>,
  tried: () => void,
  open: Set<WebSocket>,
): Pick<Environment, 'WebSocket' | 'fetch'> {
  class Socket extends WebSocket {
    constructor(url: string, protocol: string) {
      super(url, protocol, { perMessageDeflate: false, headers });
      // A line that cannot be opened also closes, and that is all that a browser tells its page.
      this.on('error', () => undefined);
      this.on('open', () => open.add(this));
      this.on('close', () => open.delete(this));
      tried();
    }
  }
  const send: typeof fetch = (url, init) => {
    if (typeof url === 'string' && url.endsWith('/poll')) tried();
    return fetch(url, { ...init, headers: { ...headers, 'content-type': 'application/json' } });
  };
  return { WebSocket: Socket as unknown as Environment['WebSocket'], fetch: send };
}
