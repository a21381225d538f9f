import { setTimeout as wait } from 'node:timers/promises';
import { openPair } from '../pair.ts';
import { between, pick } from '../random.ts';
import type { Recipe } from '../recipe.ts';
import { acknowledgements, arrivals } from '../stage.ts';
import { talk } from '../talk.ts';

type Amounts = {
  chats: number;
  perSecond: number;
  /** Each kills the broker, a server, then both. */
  rounds: number;
  /** Between two blows. */
  seconds: [from: number, to: number];
};

/** N1: two servers on one database; one of them, the broker between them, or both are killed again and again. */
export const severalServers: Recipe<Amounts> = {
  id: 'N1',
  title: 'kill -9 of servers and of the broker between them',
  short: { chats: 60, perSecond: 60, rounds: 1, seconds: [1, 2] },
  long: { chats: 200, perSecond: 150, rounds: 30, seconds: [2, 12] },
  control: {
    says: 'nobody looks into the database for what no event has told',
    patches: [
      {
        file: 'server/start.ts',
        find: 'sweeper.start(() => sweep(context));',
        replace: 'sweeper.start(async () => void sweep);',
      },
    ],
  },
  async run(ground, { perSecond, rounds, seconds, chats: visitors }) {
    await using stack = new AsyncDisposableStack();
    const { stage, servers, nats, nginx } = await openPair(ground, stack);
    const chats = await stage.fill({ accounts: 2, operators: 8, visitors });
    const before = arrivals(stage);
    const talking = talk(stage, chats, perSecond);
    const pause = () => wait(between(stage.random, ...seconds) * 1000);
    const killOne = async () => {
      const server = pick(stage.random, servers);
      await server.kill('SIGKILL');
      await server.serving();
    };
    for (let round = 0; round < rounds; round += 1) {
      await pause();
      await nats.kill();
      await pause();
      await nats.start();
      await pause();
      await killOne();
      await pause();
      await nats.kill();
      await killOne();
      await nats.start();
      // Everybody has fled to the server that was left; a reload spreads them over both again.
      nginx.reload();
      await wait(4000);
      await stage.returned(30);
    }
    await pause();
    // The last words are said while the servers do not hear each other.
    await nats.kill();
    await pause();
    talking.stop();
    await nats.start();
    const { findings, violated, converged } = await stage.settle(60);
    violated.push(...servers[1].misdeeds);
    return {
      did: {
        clients: stage.people.length,
        'server kills': 2 * rounds,
        'broker kills': 2 * rounds + 1,
        sent: talking.sent(),
        reconnects: arrivals(stage) - before,
      },
      findings,
      violated,
      times: [
        acknowledgements(stage.people),
        { what: 'all equal after the end', seconds: [converged], target: 30 },
      ],
    };
  },
};
