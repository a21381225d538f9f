import { isDeepStrictEqual } from 'node:util';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { ArchiveReader } from '../../server/backup/archive-reader.ts';
import { contentOfBackup, contentOfDatabase } from '../../server/test/backup-content.ts';
import { run } from '../../tools/run.ts';
import { readJournals } from '../journal.ts';
import type { Recipe } from '../recipe.ts';
import { SECRET, Stage } from '../stage.ts';
import { talk } from '../talk.ts';
import { readTruth } from '../truth.ts';

type Amounts = { accounts: number; operators: number; visitors: number; perSecond: number; seconds: number };

/** R19: a backup under load, then everything is gone, then it is restored; clients that saw more come back. */
export const restoreBackup: Recipe<Amounts> = {
  id: 'R19',
  title: 'backup under load, wipe, restore',
  short: { accounts: 2, operators: 4, visitors: 60, perSecond: 200, seconds: 3 },
  long: { accounts: 4, operators: 20, visitors: 480, perSecond: 300, seconds: 30 },
  control: {
    says: 'a restore keeps the epoch',
    patches: [
      {
        file: 'server/backup/restore-backup.ts',
        find: `await client.query('update installation set epoch = gen_random_uuid()');`,
        replace: '',
      },
    ],
  },
  async run(ground, { seconds, perSecond, ...amounts }) {
    await using stage = await Stage.open(ground);
    const path = join(ground.folder, 'foyer.tar.zst');
    const chats = await stage.fill(amounts);
    const talking = talk(stage, chats, perSecond);
    await wait(seconds * 1000);
    const acknowledged = acknowledgedIn(join(ground.folder, 'journals'));
    const env = {
      DATABASE_URL: stage.postgres.url,
      FOYER_DATA: join(ground.folder, 'data'),
      FOYER_SECRET: SECRET,
    };
    const backup = await program('backup', path, env);
    await wait(seconds * 1000);
    await stage.server.stop();
    await stage.postgres.query('drop schema public cascade; create schema public');
    const restore = await program('restore', path, env);
    const unlike = await differences(stage.postgres.url, path);
    const begun = performance.now();
    await stage.server.start();
    const serving = (performance.now() - begun) / 1000;
    await stage.everybodyOnline();
    await wait(seconds * 500);
    talking.stop();
    const { findings, violated, converged } = await stage.settle(60);
    const stored = new Set(
      (await readTruth(stage.postgres)).flatMap(({ entries }) => entries.map(({ ref }) => ref)),
    );
    return {
      did: { clients: stage.people.length, sent: talking.sent(), 'acknowledged before': acknowledged.size },
      // What was acknowledged after the backup began may be lost: that is its RPO.
      findings: {
        ...findings,
        lost: [...acknowledged].filter((ref) => !stored.has(ref)).map((ref) => `${ref}, acknowledged before`),
      },
      violated: [...violated, ...unlike],
      times: [
        { what: 'backup', seconds: [backup], target: 900 },
        { what: 'restore', seconds: [restore], target: 900 },
        { what: 'serving again', seconds: [serving], target: 3 },
        { what: 'all equal after the end', seconds: [converged], target: 10 },
      ],
    };
  },
};

/** Refs of the messages that somebody was told to be stored. */
const acknowledgedIn = (journals: string): Set<string> =>
  new Set(
    readJournals(journals)
      .filter(({ type, command }) => type === 'ok' && command === 'message.post')
      .map(({ ref }) => ref),
  );

/** `npm run backup` or `npm run restore`, as an operator does it; answers the seconds that it took. */
async function program(
  name: 'backup' | 'restore',
  path: string,
  env: Record<string, string>,
): Promise<number> {
  const begun = performance.now();
  const { code, output } = await run(process.execPath, [`server/${name}.ts`, path], { output: 'keep', env });
  if (code !== 0) throw new Error(`the ${name} failed: ${output}`);
  return (performance.now() - begun) / 1000;
}

/** A sentence for each table that is not, row by row, what the backup holds; but for the epoch. */
async function differences(url: string, path: string): Promise<string[]> {
  using archive = await ArchiveReader.open(path);
  const { installation: _, ...written } = await contentOfBackup(path);
  const restored = await contentOfDatabase(url, archive.manifest.tables);
  return Object.keys(written)
    .filter((table) => !isDeepStrictEqual(written[table], restored[table]))
    .map((table) => `${table} is not what the backup holds`);
}
