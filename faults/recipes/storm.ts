import { setTimeout as wait } from 'node:timers/promises';
import { uuidv7 } from '#client/ref.ts';
import type { Recipe } from '../recipe.ts';
import { arrivals, Stage } from '../stage.ts';

type Amounts = {
  clients: number;
  /** Visitors among them who are in a chat. */
  chats: number;
  /** Seconds without a server. */
  dark: number;
};

/** Attempts that a client may make in the dark: full jitter from 0.5 s makes about 7 in 16 s, one a second makes 16. */
const MOST_ATTEMPTS = 10;

/** R7: everybody loses the server at once and comes back. */
export const storm: Recipe<Amounts> = {
  id: 'R7',
  title: 'everybody comes back at once',
  alone: true,
  short: { clients: 600, chats: 60, dark: 16 },
  long: { clients: 5000, chats: 300, dark: 16 },
  control: {
    says: 'try again every second, all together',
    patches: [
      {
        file: 'client/connection.ts',
        find: 'return random() * Math.min(LONGEST_PAUSE, 500 * 2 ** (attempts - 1));',
        replace: 'return 1000;',
      },
    ],
  },
  async run(ground, { clients, chats: visitors, dark }) {
    await using stage = await Stage.open(ground);
    const chats = await stage.fill({ accounts: 2, operators: 10, visitors });
    const account = await stage.addAccount();
    while (stage.people.length < clients) stage.addVisitor(account);
    await stage.comeOnline();

    await stage.server.stop();
    const [attempts, here] = [stage.attempts, arrivals(stage)];
    await wait(dark * 1000);
    const tried = (stage.attempts - attempts) / clients;
    const asked = await transactions(stage);
    const begun = performance.now();
    await stage.server.start();
    const serving = (performance.now() - begun) / 1000;
    const acknowledged = await Promise.all(
      chats.map(async ({ id: conversationId, visitor }) => {
        await visitor.say({ type: 'message.post', ref: uuidv7(), conversationId, text: 'Are you there?' });
        return (performance.now() - begun) / 1000;
      }),
    );
    const online = await stage.everybodyOnline(180).then(() => (performance.now() - begun) / 1000);
    const statements = ((await transactions(stage)) - asked) / (arrivals(stage) - here);
    const { findings, violated, converged } = await stage.settle(60);
    if (tried > MOST_ATTEMPTS)
      violated.push(`${tried.toFixed(1)} attempts a client in ${dark} s without a server`);
    return {
      did: {
        clients,
        'attempts a client in the dark': Number(tried.toFixed(1)),
        'transactions a client at its return': Number(statements.toFixed(1)),
      },
      findings,
      violated,
      times: [
        { what: 'serving again', seconds: [serving], target: 3 },
        { what: 'sends of the storm are acknowledged', seconds: acknowledged, target: 30 },
        { what: 'everybody online and resynced', seconds: [online + converged], target: 30 },
      ],
    };
  },
};

/** Committed so far in the whole database. */
async function transactions({ postgres }: Stage): Promise<number> {
  // Backends report with a delay of up to a second.
  await wait(1500);
  const rows = await postgres.query<{ done: string }>(
    'select sum(xact_commit)::text as done from pg_stat_database',
  );
  return Number(rows[0]?.done);
}
