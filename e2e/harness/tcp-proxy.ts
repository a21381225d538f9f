import { startChaosProxy } from '../../faults/chaos-proxy.ts';

export type TcpProxy = {
  port: number;
  /**
   * The network dies without a word: what flows is lost, no connection is closed, new ones get no answer. Chromium's
   * own offline switch does not touch open sockets; this does what a sleeping laptop or a dead router does.
   */
  cut: () => void;
  /**
   * New connections work again. Open WebSockets stay dead without a word, as behind a router that has forgotten them;
   * a browser's idle connections are reset, because only a system that says something on them would find that out.
   */
  heal: () => void;
  /** As a company proxy that knows no WebSocket: upgrades are answered with 403. */
  refuseUpgrades: (refuse: boolean) => void;
  /** Number of upgrade requests that were refused. */
  refused: () => number;
  stop: () => Promise<void>;
};

const FORBIDDEN = Buffer.from('HTTP/1.1 403 Forbidden\r\nconnection: close\r\ncontent-length: 0\r\n\r\n');
const isUpgrade = (chunk: Buffer) => /^GET .*\r\nupgrade: websocket\r\n/is.test(chunk.toString('latin1'));

/** A wire to 127.0.0.1:`target` that fails as the networks of people at a browser do. */
export async function startTcpProxy(target: number): Promise<TcpProxy> {
  const proxy = await startChaosProxy(target);
  const upgraded = new Set<number>();
  let refusing = false;
  let refusals = 0;
  proxy.judge((chunk, way, connection) => {
    if (way === 'down' || !isUpgrade(chunk)) return 'pass';
    upgraded.add(connection);
    if (!refusing) return 'pass';
    refusals += 1;
    return FORBIDDEN;
  });
  return {
    port: proxy.port,
    cut: () => proxy.set({ lose: 'both' }),
    heal() {
      proxy.set({ lose: 'none' });
      proxy.reset((connection) => !upgraded.has(connection));
    },
    refuseUpgrades: (refuse) => (refusing = refuse),
    refused: () => refusals,
    stop: proxy.stop,
  };
}
