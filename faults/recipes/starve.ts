import { setTimeout as wait } from 'node:timers/promises';
import type { Recipe } from '../recipe.ts';
import { acknowledgements, arrivals, Stage } from '../stage.ts';
import { talk } from '../talk.ts';

type Amounts = {
  chats: number;
  perSecond: number;
  /** Each: how long the server is given so little. */
  seconds: number[];
};

/** ms of a period that it runs and that it stands: a fifth of a core, and an event loop that is late by a second. */
const RUNS = 300;
const STANDS = 1200;

/** R18: the server gets so little of the processor that its event loop is late by a second, again and again. */
export const starve: Recipe<Amounts> = {
  id: 'R18',
  title: 'the server gets a fifth of a core',
  short: { chats: 40, perSecond: 10, seconds: [12] },
  long: { chats: 100, perSecond: 20, seconds: [120, 120, 120] },
  control: {
    says: 'a line is dead after a second without a word',
    patches: [
      {
        file: 'server/core/realtime/lines.ts',
        find: 'if (now - this.#lookedAt > 2 * LOOK_MS) this.#awakeSince = now;',
        replace: 'this.#awakeSince = 0;',
      },
      {
        file: 'server/core/realtime/lines.ts',
        find: 'const SILENCE_MS = 60_000;',
        replace: 'const SILENCE_MS = 1000;',
      },
    ],
  },
  async run(ground, { chats: visitors, perSecond, seconds }) {
    await using stage = await Stage.open(ground);
    const chats = await stage.fill({ accounts: 2, operators: 8, visitors });
    const before = arrivals(stage);
    const talking = talk(stage, chats, perSecond);
    let periods = 0;
    for (const each of seconds) {
      const end = performance.now() + each * 1000;
      for (; performance.now() < end; periods += 1) {
        stage.server.freeze();
        await wait(STANDS);
        stage.server.thaw();
        await wait(RUNS);
      }
      await wait(2000);
    }
    talking.stop();
    const { findings, violated, converged } = await stage.settle(60);
    const lost = arrivals(stage) - before;
    if (lost > 0) violated.push(`${lost} times somebody lost the line although only the server was slow`);
    return {
      did: { clients: stage.people.length, periods, sent: talking.sent(), reconnects: lost },
      findings,
      violated,
      times: [
        acknowledgements(stage.people),
        { what: 'all equal after the end', seconds: [converged], target: 5 },
      ],
    };
  },
};
