import { randomInt } from 'node:crypto';
import { type AddressInfo, createServer, type Server } from 'node:net';

/** Listens on 127.0.0.1; resolves to the port. */
export async function listen(server: Server, port = 0): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return (server.address() as AddressInfo).port;
}

/**
 * A port that nobody listens on now, and that no system hands out by itself (Linux begins at 32768): a server that is
 * killed and started again finds it free, whatever runs beside it.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const server = createServer();
    try {
      const port = await listen(server, randomInt(20_000, 32_000));
      await new Promise((resolve) => server.close(resolve));
      return port;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    }
  }
}
