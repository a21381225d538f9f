import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { readJournals } from '../journal.ts';
import { openPair } from '../pair.ts';
import type { Recipe } from '../recipe.ts';
import { acknowledgements, arrivals } from '../stage.ts';
import { talk } from '../talk.ts';

type Amounts = { chats: number; perSecond: number; rounds: number };

/** R16: two servers behind nginx are restarted one after the other while everybody talks. */
export const rollingRestart: Recipe<Amounts> = {
  id: 'R16',
  title: 'two servers restarted in turn',
  short: { chats: 60, perSecond: 60, rounds: 1 },
  long: { chats: 200, perSecond: 150, rounds: 20 },
  control: {
    says: 'what was on its way when the line ended is not sent again',
    patches: [
      {
        file: 'client/outbox.ts',
        find: `      for (const item of items) if (item.phase === 'sent') item.phase = 'ready';
      flush();`,
        replace: '      return;',
      },
      {
        file: 'client/outbox.ts',
        find: `        if (item.phase === 'sent' && item.clock >= REPEAT) item.phase = 'ready';
      }
      flush();`,
        replace: '      }',
      },
    ],
  },
  async run(ground, { perSecond, rounds, chats: visitors }) {
    await using stack = new AsyncDisposableStack();
    const { stage, servers } = await openPair(ground, stack);
    const chats = await stage.fill({ accounts: 2, operators: 8, visitors });
    const before = arrivals(stage);
    const talking = talk(stage, chats, perSecond);
    const drained: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      for (const server of servers) {
        await wait(1000);
        const begun = performance.now();
        await server.kill('SIGTERM');
        drained.push((performance.now() - begun) / 1000);
        await server.serving();
      }
    }
    await wait(1000);
    talking.stop();
    const { findings, violated, converged } = await stage.settle(60);
    violated.push(...servers[1].misdeeds);
    const failed = readJournals(join(ground.folder, 'journals')).filter(({ type }) => type === 'fail');
    for (const { client, command, code } of failed) violated.push(`${client}'s ${command} failed: ${code}`);
    return {
      did: {
        clients: stage.people.length,
        restarts: drained.length,
        sent: talking.sent(),
        reconnects: arrivals(stage) - before,
      },
      findings,
      violated,
      times: [
        { what: 'from SIGTERM to the end', seconds: drained, target: 30 },
        acknowledgements(stage.people),
        { what: 'all equal after the end', seconds: [converged], target: 5 },
      ],
    };
  },
};
