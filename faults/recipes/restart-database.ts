import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import type { Measured, Recipe } from '../recipe.ts';
import { Stage } from '../stage.ts';
import { acknowledged, talk } from '../talk.ts';

type Amounts = {
  chats: number;
  perSecond: number;
  stopSeconds: number;
  storms: number;
  crowdedSeconds: number;
};

/** R11: the database goes away in every way it can, and comes back. The server must not notice more than it has to. */
export const restartDatabase: Recipe<Amounts> = {
  id: 'R11',
  title: 'the database restarts, stops, is killed, is full',
  short: { chats: 60, perSecond: 60, stopSeconds: 4, storms: 5, crowdedSeconds: 3 },
  long: { chats: 200, perSecond: 200, stopSeconds: 60, storms: 30, crowdedSeconds: 20 },
  control: {
    says: 'nobody listens to the errors of idle connections',
    patches: [
      {
        file: 'server/core/database/database.ts',
        find: `made.on('error', (error) => {`,
        // Only in the server: the driver of the recipe has such a pool too.
        replace: `made.on(process.argv[1]?.endsWith('server/main.ts') ? 'never' : 'error', (error) => {`,
      },
    ],
  },
  async run(ground, { chats: visitors, perSecond, stopSeconds, storms, crowdedSeconds }) {
    await using stage = await Stage.open(ground);
    const chats = await stage.fill({ accounts: 2, operators: 8, visitors });
    const { postgres } = stage;
    const talking = talk(stage, chats, perSecond);
    const times: Measured[] = [];
    const outage = async (what: string, harm: () => Promise<void>) => {
      await wait(1500);
      await harm();
      times.push({
        what: `sends are acknowledged after ${what}`,
        seconds: await acknowledged(chats),
        target: 5,
      });
    };
    await outage('a fast restart', async () => {
      await postgres.kill('SIGINT');
      await postgres.start();
    });
    await outage('an immediate restart', async () => {
      await postgres.kill('SIGQUIT');
      await postgres.start();
    });
    await outage('kill -9 of the postmaster', async () => {
      await postgres.kill('SIGKILL');
      await postgres.start();
    });
    await outage(`${stopSeconds} s without a database`, async () => {
      await postgres.kill('SIGINT');
      await wait(stopSeconds * 1000);
      await postgres.start();
    });
    await outage(`${storms} storms of terminated connections`, async () => {
      for (let storm = 0; storm < storms; storm += 1) {
        await terminateAll(stage);
        await wait(200);
      }
    });
    await outage('all connections were taken by others', async () => {
      const others = await crowdOut(stage);
      await wait(crowdedSeconds * 1000);
      await Promise.all(others.map((client) => client.end()));
    });
    await wait(1500);
    talking.stop();
    const { findings, violated, converged } = await stage.settle(120);
    if (stage.server.starts !== 1) violated.push(`the server was started ${stage.server.starts} times`);
    return {
      did: { clients: stage.people.length, outages: times.length, sent: talking.sent() },
      findings,
      violated,
      times: [...times, { what: 'all equal after the end', seconds: [converged], target: 10 }],
    };
  },
};

async function terminateAll({ postgres }: Stage): Promise<void> {
  await postgres.query(
    `select pg_terminate_backend(pid) from pg_stat_activity
      where backend_type = 'client backend' and pid <> pg_backend_pid()`,
  );
}

/** Takes every connection that there is, the server's too. */
async function crowdOut(stage: Stage): Promise<pg.Client[]> {
  const others: pg.Client[] = [];
  await terminateAll(stage);
  for (;;) {
    const client = new pg.Client({ connectionString: stage.postgres.url });
    client.on('error', () => undefined);
    try {
      await client.connect();
      others.push(client);
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === '53300') return others;
      throw error;
    }
  }
}
