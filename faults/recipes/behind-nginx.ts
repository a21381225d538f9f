import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { freePort } from '../../server/test/ports.ts';
import { needPackages } from '../../tools/apt.ts';
import { readJournals } from '../journal.ts';
import { Nginx } from '../nginx.ts';
import { noResume, type Recipe } from '../recipe.ts';
import { arrivals, Stage } from '../stage.ts';
import { talk } from '../talk.ts';

type Amounts = {
  chats: number;
  perSecond: number;
  /** proxy_read_timeout in seconds: shorter than a heartbeat, it cuts idle lines and waiting polls. */
  timeout: number;
  reloads: number;
  /** Between two reloads. */
  seconds: number;
};

const [SOCKETS, POLLS] = ['127.0.0.1', '127.0.0.2'];

/** R15: nginx with its usual settings in front. Half of the people get a socket, for the other half it blocks them. */
export const behindNginx: Recipe<Amounts> = {
  id: 'R15',
  title: 'a proxy that buffers, blocks sockets, cuts and reloads',
  short: { chats: 40, perSecond: 30, timeout: 8, reloads: 3, seconds: 4 },
  long: { chats: 100, perSecond: 60, timeout: 60, reloads: 60, seconds: 10 },
  control: noResume,
  async run(ground, { timeout, reloads, seconds, perSecond, chats: visitors }) {
    await needPackages(['nginx']);
    await using stack = new AsyncDisposableStack();
    let nginx: Nginx | undefined;
    const stage = await Stage.open(ground, {
      through: async ({ console, chat }) => {
        const front = { console: await freePort(), chat: await freePort() };
        const blocked = 'proxy_http_version 1.0; if ($http_upgrade) { return 403; }';
        nginx = stack.use(
          await Nginx.start(join(ground.folder, 'nginx'), {
            upstreams: { console: [console], chat: [chat] },
            listening: (['console', 'chat'] as const).flatMap((to) => [
              { listen: `${SOCKETS}:${front[to]}`, to, says: 'proxy_http_version 1.1;' },
              { listen: `${POLLS}:${front[to]}`, to, says: blocked },
            ]),
            says: `proxy_buffering on; proxy_read_timeout ${timeout}s;`,
          }),
        );
        return front;
      },
      host: (person) => (person % 2 === 0 ? SOCKETS : POLLS),
    });
    stack.use(stage);
    const chats = await stage.fill({ accounts: 2, operators: 8, visitors });
    const before = arrivals(stage);
    const talking = talk(stage, chats, perSecond);
    for (let reload = 0; reload < reloads; reload += 1) {
      await wait(seconds * 1000);
      nginx?.reload();
    }
    await wait(seconds * 1000);
    talking.stop();
    const { findings, violated, converged } = await stage.settle(60);
    const failed = readJournals(join(ground.folder, 'journals')).filter(({ type }) => type === 'fail');
    for (const { client, command, code } of failed) violated.push(`${client}'s ${command} failed: ${code}`);
    const waits = (polls: number) =>
      stage.people.flatMap((person, number) => (number % 2 === polls ? person.waits : []));
    return {
      did: {
        clients: stage.people.length,
        reloads,
        sent: talking.sent(),
        reconnects: arrivals(stage) - before,
      },
      findings,
      violated,
      times: [
        { what: 'a message is acknowledged over a socket', seconds: waits(0), target: 10 },
        { what: 'a message is acknowledged over polls', seconds: waits(1), target: 10 },
        { what: 'all equal after the end', seconds: [converged], target: 5 },
      ],
    };
  },
};
