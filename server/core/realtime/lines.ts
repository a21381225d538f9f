import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import { closeCodes } from '#protocol/session.ts';
import { checkOrigin } from '../http/listener.ts';
import type { Listener } from '../http/listener.ts';
import type { Logger } from '../logger.ts';
import type { Metrics } from '../metrics.ts';
import { addressKey } from '../rate-limit.ts';
import { Connection, type AllLimits, type Dispatch, type Transport } from './connection.ts';

export const HEARTBEAT_SECONDS = 25;
const SILENCE_MS = 60_000;
const HELLO_MS = 5000;
const LOOK_MS = 1000;
const MOST = 15_000;
const MOST_PER_ADDRESS = 1000;

type Settings = {
  dispatch: Dispatch;
  /** Sends what the line needs to notice a gap: the heads of its streams. */
  beat: (connection: Connection) => void;
  trusted: (address: string) => boolean;
  log: Logger;
  metrics: Metrics;
  limits?: AllLimits | undefined;
};

/** All open lines of this process: accepts sockets, beats for them, drains them. */
export class Lines {
  readonly #settings: Settings;
  readonly #open = new Map<Connection, WebSocket>();
  readonly #perAddress = new Map<string, number>();
  readonly #timer: NodeJS.Timeout;
  #draining = false;
  #lookedAt = performance.now();
  /** Since when this process has been quick enough to hear what is said to it. */
  #awakeSince = this.#lookedAt;

  constructor(settings: Settings) {
    this.#settings = settings;
    this.#timer = setInterval(() => this.#beatAll(), LOOK_MS).unref();
  }

  /** Serves `/v1/realtime` on a listener. Foreign origins are refused before the upgrade (threats.md C8). */
  serve(listener: Listener, name: 'console' | 'chat', url: string): void {
    const sockets = new WebSocketServer({
      noServer: true,
      perMessageDeflate: false,
      maxPayload: name === 'chat' ? 32 * 1024 : 64 * 1024,
      handleProtocols: (offered) => (offered.has('foyer.v1') ? 'foyer.v1' : false),
    });
    listener.server.on('upgrade', (request, socket, head) => {
      socket.on('error', destroy);
      const refused = this.#refusal(request, url);
      if (refused) return refuseUpgrade(socket, refused);
      sockets.handleUpgrade(request, socket, head, (ws) => this.#accept(ws, socket, request, name));
    });
  }

  #refusal(request: IncomingMessage, url: string): string | undefined {
    if (request.url?.split('?')[0] !== '/v1/realtime') return '404 Not Found';
    try {
      checkOrigin(request, url);
    } catch {
      return '403 Forbidden';
    }
    if (this.#draining || this.#open.size >= MOST) return '503 Service Unavailable';
    return (this.#perAddress.get(this.#addressOf(request)) ?? 0) >= MOST_PER_ADDRESS
      ? '429 Too Many Requests'
      : undefined;
  }

  #addressOf(request: IncomingMessage): string {
    const near = request.socket.remoteAddress ?? '';
    const chain = String(request.headers['x-forwarded-for'] ?? '')
      .split(',')
      .map((one) => one.trim())
      .filter(Boolean);
    let address = near;
    while (this.#settings.trusted(address) && chain.length > 0) address = chain.pop() ?? address;
    return addressKey(address);
  }

  #accept(ws: WebSocket, socket: Duplex, request: IncomingMessage, name: 'console' | 'chat'): void {
    const { dispatch, log, metrics, limits } = this.#settings;
    const address = this.#addressOf(request);
    const connection = new Connection({
      transport: new SocketTransport(ws, socket),
      listener: name,
      cookie: request.headers.cookie,
      browser: request.headers['user-agent'],
      ip: address,
      dispatch,
      log,
      metrics,
      limits,
    });
    this.#open.set(connection, ws);
    this.#perAddress.set(address, (this.#perAddress.get(address) ?? 0) + 1);
    metrics.connections.inc({ kind: name });
    connection.onClose.push(() => {
      this.#open.delete(connection);
      metrics.connections.dec({ kind: name });
      const left = (this.#perAddress.get(address) ?? 1) - 1;
      if (left > 0) this.#perAddress.set(address, left);
      else this.#perAddress.delete(address);
    });
    ws.on('message', (data, binary) => {
      if (binary) connection.close(closeCodes.protocol, 'text frames only');
      else void connection.receive((data as Buffer).toString('utf8'));
    });
    ws.on('pong', () => (connection.heardAt = performance.now()));
    // ws has said why it closes, which a peer that is still sending hears only if it is not cut at once.
    ws.on('error', () => cutSoon(ws));
    ws.on('close', () => connection.ended());
    connection.beatAt = performance.now() + HEARTBEAT_SECONDS * 1000 * (0.8 + 0.4 * spread());
  }

  #beatAll(): void {
    const now = performance.now();
    // Who comes late itself cannot say that others were silent: what they said may lie unread.
    if (now - this.#lookedAt > 2 * LOOK_MS) this.#awakeSince = now;
    this.#lookedAt = now;
    const waited = (since: number) => now - Math.max(since, this.#awakeSince);
    for (const [connection, ws] of this.#open) {
      // Not 4001: the hello may be on its way, or wait for the database, and its credential be right.
      if (!connection.actor && waited(connection.openedAt) > HELLO_MS)
        connection.close(closeCodes.full, 'no hello');
      else if (waited(connection.heardAt) > SILENCE_MS) connection.close(1001, 'silence');
      else if (now >= connection.beatAt) {
        connection.beatAt = now + HEARTBEAT_SECONDS * 1000 * (0.8 + 0.4 * spread());
        this.#settings.beat(connection);
        ws.ping();
      }
    }
  }

  get size(): number {
    return this.#open.size;
  }

  /** Tells every client to come back within the window, and closes them spread over half of `seconds`. */
  async drain(seconds: number): Promise<void> {
    this.#draining = true;
    clearInterval(this.#timer);
    const within = Math.max(2, Math.ceil(this.#open.size * 0.0006));
    const all = [...this.#open.keys()];
    for (const connection of all) connection.send({ type: 'bye', within });
    const slices = Math.min(20, Math.max(1, Math.ceil(all.length / 200)));
    const size = Math.ceil(all.length / slices) || 1;
    for (let from = 0; from < all.length; from += size) {
      for (const connection of all.slice(from, from + size)) connection.close(closeCodes.restart, 'restart');
      if (from + size < all.length)
        await new Promise((resolve) => setTimeout(resolve, (seconds * 500) / slices));
    }
  }
}

class SocketTransport implements Transport {
  readonly #ws: WebSocket;
  readonly #socket: Duplex;

  constructor(ws: WebSocket, socket: Duplex) {
    this.#ws = ws;
    this.#socket = socket;
  }

  send(text: string): void {
    holdBack(this.#socket);
    this.#ws.send(text);
  }

  close(code: number, reason: string): void {
    end(this.#ws, code, reason);
  }

  buffered(): number {
    return this.#ws.bufferedAmount;
  }
}

let held: Duplex[] = [];

/** What one turn of the event loop sends to a socket goes out in one system call at its end. */
function holdBack(socket: Duplex): void {
  if (socket.writableCorked > 0) return;
  socket.cork();
  if (held.push(socket) === 1) process.nextTick(letGo);
}

function letGo(): void {
  const sockets = held;
  held = [];
  for (const socket of sockets) socket.uncork();
}

function end(ws: WebSocket, code: number, reason: string): void {
  ws.close(code, reason);
  cutSoon(ws);
}

/** A peer that does not answer the close frame must not keep its buffers. */
function cutSoon(ws: WebSocket): void {
  setTimeout(() => ws.terminate(), 2000).unref();
}

/** No arrow function in the upgrade: it would keep the whole request for as long as the line is open. */
function destroy(this: Duplex): void {
  this.destroy();
}

function refuseUpgrade(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
}

/** Spreads heartbeats; nothing secret hangs on it. */
const spread = (): number => crypto.getRandomValues(new Uint8Array(1))[0]! / 255;
