import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { uuidv7 } from '#client/ref.ts';
import { behindChaos } from '../chaos-proxy.ts';
import { readJournals } from '../journal.ts';
import type { Recipe } from '../recipe.ts';
import { arrivals, Stage } from '../stage.ts';
import { talk } from '../talk.ts';

type Amounts = {
  chats: number;
  perSecond: number;
  /** Hours that the server's clock is ahead, one after the other, and the seconds that each holds. */
  hours: number[];
  seconds: number;
  /** Times that all lines are cut, so that everybody shows its credential to whatever clock there is. */
  cuts: number;
};

/** Clocks of people's computers: right, an hour wrong either way, and those of a dead battery. */
const CLOCKS: readonly ((right: number) => number)[] = [
  (right) => right,
  (right) => right + 3_600_000,
  (right) => right - 86_400_000,
  (right) => right - Date.UTC(2026, 0),
  (right) => right + Date.UTC(2099, 0) - Date.UTC(2026, 0),
  // Set back by 20 s every 10 s.
  (right) => right - (Math.floor(right / 10_000) % 360) * 20_000,
];

/** R14: the server's clock jumps by hours and days, and no client's is right. */
export const clock: Recipe<Amounts> = {
  id: 'R14',
  title: 'clocks that are wrong and jump',
  short: { chats: 36, perSecond: 30, hours: [0, 24, -24], seconds: 8, cuts: 4 },
  long: { chats: 100, perSecond: 60, hours: [0, 1, -1, 24, -24, 0, -0.01, -0.02], seconds: 30, cuts: 60 },
  control: {
    says: 'entries are put in order by the time of who sent them',
    patches: [
      {
        file: 'client/reduce.ts',
        find: '    entries.push(entry);',
        replace:
          "    entries.push(entry);\n    entries.sort((a, b) => ((a.ref ?? '') < (b.ref ?? '') ? -1 : 1));",
      },
    ],
  },
  async run(ground, { hours, seconds, cuts, perSecond, chats: visitors }) {
    await using stack = new AsyncDisposableStack();
    const { proxies, through } = behindChaos(stack);
    const stage = await Stage.open(ground, {
      through,
      env: {
        NODE_OPTIONS: `--import=${new URL('../wrong-clock.ts', import.meta.url).href}`,
        FOYER_TEST_CLOCK: hours.join(),
        FOYER_TEST_CLOCK_SECONDS: String(seconds),
      },
      surroundings: (person) => {
        const wrong = CLOCKS[person % CLOCKS.length];
        return { now: () => wrong?.(Date.now()) ?? NaN };
      },
    });
    stack.use(stage);
    const chats = await stage.fill({ accounts: 2, operators: 6, visitors });
    const before = arrivals(stage);
    const ended = new Set<string>();
    for (const { name, client } of stage.people) {
      client.subscribe(() => {
        const { line } = client.getState();
        if (line === 'signed-out' || line === 'stopped') ended.add(`${name} is ${line}`);
      });
    }
    const talking = talk(stage, chats, perSecond);
    await stage.server.kill('SIGKILL');
    await stage.server.serving();
    for (let cut = 0; cut < cuts; cut += 1) {
      await wait(4000 * (0.5 + stage.random()));
      for (const proxy of proxies) proxy.reset();
    }
    await wait(seconds * 1000);
    talking.stop();
    // What comes last from each clock, under a ref that this clock made.
    for (const [index, { id: conversationId, visitor }] of chats.entries()) {
      const ref = uuidv7(CLOCKS[index % CLOCKS.length]?.(Date.now()));
      void visitor.say({ type: 'message.post', ref, conversationId, text: 'What is the time?' });
    }
    const { findings, violated, converged } = await stage.settle(60);
    const failed = readJournals(join(ground.folder, 'journals')).filter(({ type }) => type === 'fail');
    for (const { client, command, code } of failed) violated.push(`${client}'s ${command} failed: ${code}`);
    violated.push(...ended);
    return {
      did: {
        clients: stage.people.length,
        cuts,
        sent: talking.sent(),
        reconnects: arrivals(stage) - before,
      },
      findings,
      violated,
      times: [{ what: 'all equal after the end', seconds: [converged], target: 5 }],
    };
  },
};
