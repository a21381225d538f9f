import { readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { run } from '../../tools/run.ts';
import type { Measured, Recipe } from '../recipe.ts';
import { readJournals } from '../journal.ts';
import { SmallDisk } from '../small-disk.ts';
import { happens, Stage } from '../stage.ts';
import { acknowledged, talk } from '../talk.ts';

type Amounts = {
  chats: number;
  perSecond: number;
  /** Seconds that a disk stays full. */
  seconds: number;
  rounds: number;
};

/** Megabytes: a new cluster takes about 50, and the journal keeps up to 80 of its own. */
const SIZES = { tables: 200, journal: 200 };
const LONG_TEXT = ` ${'and so on '.repeat(200)}`;

/** R13: the disk of the tables is full, then the disk of the write-ahead log, at which PostgreSQL gives up. */
export const fullDisk: Recipe<Amounts> = {
  id: 'R13',
  title: 'no space left on the disk',
  short: { chats: 40, perSecond: 40, seconds: 4, rounds: 1 },
  long: { chats: 100, perSecond: 80, seconds: 60, rounds: 5 },
  control: {
    says: 'acknowledge what could not be written',
    patches: [
      {
        file: 'server/features/conversations/socket.ts',
        find: 'done(connection, message.ref, await postMessage(context, actor, message)),',
        replace: `done(
      connection,
      message.ref,
      await postMessage(context, actor, message).catch(() => ({
        conversationId: message.conversationId,
        seq: undefined,
      })),
    ),`,
      },
    ],
  },
  async run(ground, { chats: visitors, perSecond, seconds, rounds }) {
    await using tables = await SmallDisk.mount(join(ground.folder, 'database'), SIZES.tables);
    await using journal = await SmallDisk.mount(join(ground.folder, 'journal'), SIZES.journal);
    await using stage = await Stage.open(ground);
    const { postgres } = stage;
    await moveJournal(stage, tables.folder, journal.folder);
    const chats = await stage.fill({ accounts: 2, operators: 8, visitors });
    const talking = talk(stage, chats, perSecond, LONG_TEXT);
    const times: Measured[] = [];
    const harmless: string[] = [];
    const outage = async (what: string, disk: SmallDisk, sign: () => Promise<boolean>) => {
      await wait(1500);
      await disk.fill();
      const end = performance.now() + 60_000;
      while (!(await sign()) && performance.now() < end) await wait(100);
      if (!(await sign())) harmless.push(`nothing came of it that ${what}`);
      await wait(seconds * 1000);
      await disk.free();
      // A postmaster that could not even recover has ended, and whoever keeps it starts it again.
      await postgres.start();
      times.push({
        what: `sends are acknowledged after ${what}`,
        seconds: await acknowledged(chats),
        target: 10,
      });
    };
    const inLog = async (words: string) =>
      (await readFile(join(tables.folder, 'postgres.log'), 'utf8')).includes(words);
    for (let round = 0; round < rounds; round += 1) {
      const refused = () => Promise.resolve(stage.server.log.some((line) => line.includes('53100')));
      await outage('the tables had no space', tables, refused);
      await outage('the write-ahead log had no space', journal, async () => {
        // It writes into files of 16 MB that are there already; this asks for the next one.
        await postgres.query('select pg_switch_wal()').catch(() => undefined);
        return inLog('PANIC');
      });
    }
    talking.stop();
    const { findings, violated, converged } = await stage.settle(60);
    violated.push(...harmless);
    if (stage.server.starts !== 1) violated.push(`the server was started ${stage.server.starts} times`);
    const failed = readJournals(join(ground.folder, 'journals')).filter(({ type }) => type === 'fail');
    for (const { client, command, code } of failed) violated.push(`${client}'s ${command} failed: ${code}`);
    return {
      did: { clients: stage.people.length, outages: times.length, sent: talking.sent() },
      findings,
      violated,
      times: [...times, { what: 'all equal after the end', seconds: [converged], target: 10 }],
    };
  },
};

/** Puts PostgreSQL's write-ahead log on a disk of its own. */
async function moveJournal({ postgres, server }: Stage, from: string, to: string): Promise<void> {
  // It starts by asking whether somebody is to set it up, and gives up if nobody answers that.
  await happens(() => server.log.some((line) => line.includes('/setup#')), 30);
  await postgres.kill('SIGINT');
  const old = join(from, 'postgres/cluster/pg_wal');
  const { code, output } = await run('mv', [old, to], { output: 'keep' });
  if (code !== 0) throw new Error(output);
  await symlink(join(to, 'pg_wal'), old);
  await postgres.start();
  await server.serving();
}
