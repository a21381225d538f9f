import { join } from 'node:path';
import { Nats } from '../server/test/nats.ts';
import { freePort } from '../server/test/ports.ts';
import { needPackages } from '../tools/apt.ts';
import { Nginx } from './nginx.ts';
import type { Ground } from './recipe.ts';
import { ServerProcess } from './server-process.ts';
import { Stage } from './stage.ts';

/** Two servers on one database, a broker between them, nginx before both. */
export type Pair = { stage: Stage; servers: [ServerProcess, ServerProcess]; nats: Nats; nginx: Nginx };

/** Everything ends with `stack`. */
export async function openPair(ground: Ground, stack: AsyncDisposableStack): Promise<Pair> {
  await needPackages(['nginx', 'nats-server']);
  const nats = stack.use(await Nats.start());
  process.on('exit', () => void nats.kill());
  let second: ServerProcess | undefined;
  let nginx: Nginx | undefined;
  const stage = await Stage.open(ground, {
    env: { FOYER_NATS_URL: nats.url },
    through: async (first, settings) => {
      const other = { console: await freePort(), chat: await freePort() };
      second = stack.use(
        new ServerProcess({
          ...settings,
          FOYER_DATA: join(ground.folder, 'second'),
          FOYER_CONSOLE_PORT: String(other.console),
          FOYER_CHAT_PORT: String(other.chat),
          FOYER_CONSOLE_URL: `http://localhost:${first.console}`,
          FOYER_CHAT_URL: `http://localhost:${first.chat}`,
        }),
      );
      await second.start();
      const front = { console: await freePort(), chat: await freePort() };
      nginx = stack.use(
        await Nginx.start(join(ground.folder, 'nginx'), {
          upstreams: { console: [first.console, other.console], chat: [first.chat, other.chat] },
          listening: [
            { listen: `127.0.0.1:${front.console}`, to: 'console' },
            { listen: `127.0.0.1:${front.chat}`, to: 'chat' },
          ],
          says: 'proxy_http_version 1.1; proxy_read_timeout 90s;',
        }),
      );
      return front;
    },
  });
  stack.use(stage);
  if (!second || !nginx) throw new Error('there is no second server');
  return { stage, servers: [stage.server, second], nats, nginx };
}
