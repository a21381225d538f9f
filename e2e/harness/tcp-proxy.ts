import { connect, createServer, type Socket } from 'node:net';
import { listen } from '../../server/test/ports.ts';

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

const FORBIDDEN = 'HTTP/1.1 403 Forbidden\r\nconnection: close\r\ncontent-length: 0\r\n\r\n';
const isUpgrade = (chunk: Buffer) => /^GET .*\r\nupgrade: websocket\r\n/is.test(chunk.toString('latin1'));

/** A wire to 127.0.0.1:`target` that can be cut. */
export async function startTcpProxy(target: number): Promise<TcpProxy> {
  let dead = false;
  let refusing = false;
  let refusals = 0;
  const all = new Set<Socket>();
  const upgraded = new WeakSet<Socket>();
  // Sockets whose wire is cut: whatever they still say is lost.
  const lost = new WeakSet<Socket>();

  const server = createServer((near) => {
    all.add(near);
    const far = connect(target, '127.0.0.1');
    all.add(far);
    if (dead) for (const end of [near, far]) lost.add(end);
    const join = (from: Socket, to: Socket, check?: (chunk: Buffer) => boolean) => {
      from.on('data', (chunk: Buffer) => {
        if (lost.has(from)) return;
        if (check?.(chunk)) near.end(FORBIDDEN);
        else to.write(chunk);
      });
      from.on('error', () => from.destroy());
      from.on('close', () => {
        all.delete(from);
        if (!lost.has(from)) to.destroy();
      });
    };
    join(near, far, (chunk) => {
      if (!isUpgrade(chunk)) return false;
      upgraded.add(near).add(far);
      if (refusing) refusals += 1;
      return refusing;
    });
    join(far, near);
  });
  const port = await listen(server);

  return {
    port,
    cut() {
      dead = true;
      for (const socket of all) lost.add(socket);
    },
    heal() {
      dead = false;
      for (const socket of all) if (lost.has(socket) && !upgraded.has(socket)) socket.resetAndDestroy();
    },
    refuseUpgrades(refuse) {
      refusing = refuse;
    },
    refused: () => refusals,
    async stop() {
      for (const socket of all) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
