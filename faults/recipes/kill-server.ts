import { setTimeout as wait } from 'node:timers/promises';
import { between } from '../random.ts';
import type { Recipe } from '../recipe.ts';
import { arrivals, Stage } from '../stage.ts';
import { talk } from '../talk.ts';

type Amounts = {
  accounts: number;
  operators: number;
  visitors: number;
  perSecond: number;
  kills: number;
  /** Between two kills. */
  seconds: [from: number, to: number];
};

/** R1: `kill -9` of the server in the middle of its work, again and again. */
export const killServer: Recipe<Amounts> = {
  id: 'R1',
  title: 'kill -9 of the server under load',
  short: { accounts: 2, operators: 8, visitors: 120, perSecond: 150, kills: 3, seconds: [2, 5] },
  long: { accounts: 4, operators: 20, visitors: 480, perSecond: 300, kills: 60, seconds: [5, 15] },
  control: {
    says: 'acknowledge before the commit',
    patches: [
      {
        file: 'server/features/conversations/socket.ts',
        find: 'done(connection, message.ref, await postMessage(context, actor, message)),',
        replace: `{
      done(connection, message.ref, { conversationId: message.conversationId, seq: undefined });
      await postMessage(context, actor, message);
    },`,
      },
    ],
  },
  async run(ground, { kills, seconds, perSecond, ...amounts }) {
    await using stage = await Stage.open(ground);
    const chats = await stage.fill(amounts);
    const before = arrivals(stage);
    const talking = talk(stage, chats, perSecond);
    const serving: number[] = [];
    const returned: number[] = [];
    await wait(between(stage.random, ...seconds) * 1000);
    for (let kill = 0; kill < kills; kill += 1) {
      await stage.server.kill('SIGKILL');
      const killed = performance.now();
      await stage.server.serving();
      serving.push((performance.now() - killed) / 1000);
      // The next blow does not wait until everybody has got up again.
      const pause = between(stage.random, ...seconds);
      const next = wait(pause * 1000);
      if (await stage.returned(pause)) returned.push((performance.now() - killed) / 1000);
      await next;
    }
    talking.stop();
    const { findings, violated, converged } = await stage.settle(120);
    const reconnects = arrivals(stage) - before;
    return {
      did: { clients: stage.people.length, kills, sent: talking.sent(), reconnects },
      findings,
      violated,
      times: [
        { what: 'serving again', seconds: serving, target: 3 },
        {
          what: `everybody online again, after ${returned.length} of ${kills} kills before the next`,
          seconds: returned,
          target: 10,
        },
        { what: 'all equal after the end', seconds: [converged], target: 10 },
      ],
    };
  },
};
