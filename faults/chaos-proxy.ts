import { connect, createServer, type Socket } from 'node:net';
import { listen } from '../server/test/ports.ts';

/** Directions, seen from the client: `up` goes to the server. */
export type Way = 'none' | 'up' | 'down' | 'both';

/** What the wire does to bytes that go over it now. Times in ms, sizes in bytes. */
export type Weather = {
  /** Every byte comes this much later, and up to `jitter` more; order is kept. */
  delay: number;
  jitter: number;
  /**
   * What goes this way vanishes without a word. A connection stays deaf this way for ever, as TCP would after its
   * packets were given up: bytes that come behind a hole would be another fault, which no network makes.
   */
  lose: Way;
  /** Nothing is read from the sender, whose buffers fill; nothing is lost. */
  stall: Way;
  /** Longest piece that is handed on at once; 1 sends each byte alone. */
  slice: number;
  /** Bytes a second, each connection and way. */
  throttle: number;
  /** A connection ends in the middle of what it says when it has carried so much one way. */
  truncate: number;
};

export const fair: Weather = {
  delay: 0,
  jitter: 0,
  lose: 'none',
  stall: 'none',
  slice: Infinity,
  throttle: Infinity,
  truncate: Infinity,
};

/** `swallow`: as `lose` from here on. `cut`: swallowed, and both ends see a reset. A Buffer: said to the client instead. */
export type Judgement = 'pass' | 'swallow' | 'cut' | Buffer;

export type ChaosProxy = {
  port: number;
  /** Changes the weather of open connections (of those that `touches` picks) and, without `touches`, of later ones. */
  set: (change: Partial<Weather>, touches?: (connection: number) => boolean) => void;
  /** Both ends see a reset (RST). Returns how many connections were. */
  reset: (touches?: (connection: number) => boolean) => number;
  /** Looks at what goes over the wire from now on, and decides on it. */
  judge: (look: (chunk: Buffer, way: 'up' | 'down', connection: number) => Judgement) => void;
  /** Numbers of the open connections; the first ever is 0. */
  connections: () => number[];
  stop: () => Promise<void>;
};

type Connection = {
  id: number;
  weather: Weather;
  ends: [Socket, Socket];
  lost: Set<Way>;
  changed: () => void;
};

/** Most that one way of a connection holds back before it stops reading. */
const HELD = 256 * 1024;

const covers = (ways: Way, way: 'up' | 'down'): boolean => ways === 'both' || ways === way;

/**
 * A TCP wire to 127.0.0.1:`target` (or `host`) whose weather can be changed while it carries. `random` (0 <= n < 1) is
 * for the jitter alone.
 */
export async function startChaosProxy(
  target: number,
  { host = '127.0.0.1', random = () => 0 }: { host?: string; random?: () => number } = {},
): Promise<ChaosProxy> {
  let weather = fair;
  let look: Parameters<ChaosProxy['judge']>[0] = () => 'pass';
  let count = 0;
  const open = new Set<Connection>();

  const server = createServer({ pauseOnConnect: false }, (near) => {
    const far = connect(target, host);
    const connection: Connection = {
      id: count++,
      weather,
      ends: [near, far],
      lost: new Set(),
      changed: () => undefined,
    };
    open.add(connection);
    drown(connection);
    for (const end of connection.ends) {
      end.setNoDelay();
      end.on('error', () => end.destroy());
      end.on('close', () => {
        if (near.destroyed && far.destroyed) open.delete(connection);
      });
    }
    const ways = [carry(connection, near, far, 'up'), carry(connection, far, near, 'down')];
    connection.changed = () => ways.forEach((wake) => wake());
  });

  /** One way of a connection; returns the function that makes it look at the weather again. */
  function carry(connection: Connection, from: Socket, to: Socket, way: 'up' | 'down'): () => void {
    const queue: { bytes: Buffer; due: number }[] = [];
    let held = 0;
    let carried = 0;
    let lastDue = 0;
    let ended = false;
    let pumping = false;
    let wake: () => void = () => undefined;

    const slept = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
    const woken = () => new Promise<void>((resolve) => (wake = resolve));
    const stalled = () => covers(connection.weather.stall, way);

    async function pump(): Promise<void> {
      // What is written before would go out in one piece.
      if (to.connecting) await Promise.race([new Promise((resolve) => to.once('connect', resolve)), gone]);
      for (let first = queue[0]; first && !to.destroyed; first = queue[0]) {
        if (stalled()) {
          await woken();
          continue;
        }
        const early = first.due - performance.now();
        if (early > 0) await slept(early);
        if (stalled()) continue;
        const { slice, throttle, truncate } = connection.weather;
        const size = Math.min(first.bytes.length, slice, truncate - carried);
        const piece = first.bytes.subarray(0, size);
        first.bytes = first.bytes.subarray(size);
        if (first.bytes.length === 0) queue.shift();
        held -= size;
        carried += size;
        if (carried >= truncate) {
          to.end(piece);
          from.destroy();
          return;
        }
        if (!to.write(piece)) await Promise.race([new Promise((resolve) => to.once('drain', resolve)), gone]);
        if (throttle < Infinity) await slept((size / throttle) * 1000);
        // So that the other side reads every piece by itself.
        else if (slice < Infinity) await slept(1);
        if (held < HELD && !stalled()) from.resume();
      }
      if (ended && queue.length === 0) to.destroy();
    }

    const gone = new Promise((resolve) => to.once('close', resolve));

    function start(): void {
      if (pumping) return;
      pumping = true;
      void pump().finally(() => {
        pumping = false;
        if (queue.length > 0 && !to.destroyed) start();
      });
    }

    from.on('data', (chunk: Buffer) => {
      if (connection.lost.has(way)) return;
      const judged = look(chunk, way, connection.id);
      if (judged === 'swallow' || judged === 'cut') {
        connection.lost.add(way);
        if (judged === 'cut') for (const end of connection.ends) end.resetAndDestroy();
        return;
      }
      if (judged !== 'pass') {
        connection.ends[0].end(judged);
        return;
      }
      const { delay, jitter } = connection.weather;
      lastDue = Math.max(lastDue, performance.now() + delay + jitter * random());
      queue.push({ bytes: chunk, due: lastDue });
      held += chunk.length;
      if (held >= HELD || stalled()) from.pause();
      start();
    });
    from.on('close', () => {
      ended = true;
      if (connection.lost.has(way)) return;
      if (queue.length === 0) to.destroy();
      else start();
    });
    return () => {
      if (stalled()) from.pause();
      else from.resume();
      wake();
    };
  }

  function drown({ weather: { lose }, lost }: Connection): void {
    for (const way of ['up', 'down'] as const) if (covers(lose, way)) lost.add(way);
  }

  const port = await listen(server);
  return {
    port,
    set(change, touches) {
      if (!touches) weather = { ...weather, ...change };
      for (const connection of open) {
        if (touches && !touches(connection.id)) continue;
        connection.weather = { ...connection.weather, ...change };
        drown(connection);
        connection.changed();
      }
    },
    reset(touches = () => true) {
      const chosen = [...open].filter(({ id }) => touches(id));
      for (const { ends } of chosen) for (const end of ends) end.resetAndDestroy();
      return chosen.length;
    },
    judge: (given) => (look = given),
    connections: () => [...open].map(({ id }) => id),
    async stop() {
      for (const { ends } of open) for (const end of ends) end.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** For `Stage.open`: a proxy before each listener. They end with `stack`. */
export function behindChaos(stack: AsyncDisposableStack): {
  proxies: ChaosProxy[];
  through: (ports: { console: number; chat: number }) => Promise<{ console: number; chat: number }>;
} {
  const proxies: ChaosProxy[] = [];
  const start = async (target: number) => {
    const proxy = await startChaosProxy(target);
    stack.defer(() => proxy.stop());
    proxies.push(proxy);
    return proxy.port;
  };
  return {
    proxies,
    through: async ({ console, chat }) => ({ console: await start(console), chat: await start(chat) }),
  };
}
