import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

import { hasCode } from '../../has-code.ts';
import { StartRefused } from '../../start-refused.ts';
import type { ChildUser } from './child-user.ts';
import type { Binaries } from './find-binaries.ts';
import type { Places } from './places.ts';

export const SUPERUSER = 'foyer';

/** Makes the cluster if there is none; refuses one of another major version or one that is no cluster. */
export async function ensureCluster(places: Places, binaries: Binaries, user: ChildUser): Promise<void> {
  if (!existsSync(places.cluster)) return createCluster(places, binaries, user);
  const found = await readVersion(places.cluster);
  if (found === binaries.major) return;
  throw found === undefined
    ? new StartRefused(
        'data_folder_damaged',
        `${places.cluster} is no PostgreSQL data folder (PG_VERSION is missing): restore a backup, or move it away to start anew.`,
      )
    : new StartRefused(
        'data_folder_of_other_version',
        `${places.cluster} was made by PostgreSQL ${found} and this Foyer brings ${binaries.major}: back up with the Foyer that made it, move the folder away and restore here.`,
      );
}

async function readVersion(cluster: string): Promise<string | undefined> {
  try {
    return (await readFile(join(cluster, 'PG_VERSION'), 'utf8')).trim();
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/** initdb works under another name, a new one each time because that of a killed server may still be running. */
async function createCluster(places: Places, binaries: Binaries, user: ChildUser): Promise<void> {
  const prefix = 'cluster.new-';
  for (const name of await readdir(places.postgres)) {
    if (!name.startsWith(prefix)) continue;
    await rm(join(places.postgres, name), { recursive: true, force: true, maxRetries: 10 });
  }
  const draft = join(places.postgres, prefix + randomBytes(4).toString('hex'));
  await runInitdb(draft, binaries, user);
  await rename(draft, places.cluster);
  await using folder = await open(places.postgres, 'r');
  await folder.sync();
}

/**
 * Sorting and case come from PostgreSQL's builtin C.UTF-8, which no upgrade of the system changes. LC_CTYPE comes
 * from the system all the same: full-text search takes word boundaries from it, and under `C` it joins
 * "hello😀world" or "Привет—мир" into one word. A bare system without the locale gets `C`.
 */
async function runInitdb(cluster: string, binaries: Binaries, user: ChildUser): Promise<void> {
  const ctype = process.platform === 'darwin' ? 'en_US.UTF-8' : 'C.UTF-8';
  const attempt = (lcCtype: string): Promise<{ code: number | null; output: string }> =>
    runToEnd(
      // oxfmt-ignore
      [
        join(binaries.native, 'bin/initdb'),
        '-D', cluster, '-U', SUPERUSER, '-E', 'UTF8', '--auth=trust', '--data-checksums',
        '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C', `--lc-ctype=${lcCtype}`,
      ],
      binaries,
      user,
    );
  let result = await attempt(ctype);
  if (result.output.includes('invalid locale name')) result = await attempt('C');
  if (result.code === 0) return;
  const reason = result.output
    .split('\n')
    .filter((line) => /error|fatal|denied|cannot/i.test(line))
    .join(' ');
  throw new StartRefused('initdb_failed', `PostgreSQL's initdb failed: ${reason || result.output}`);
}

async function runToEnd(
  [program = '', ...args]: string[],
  binaries: Binaries,
  user: ChildUser,
): Promise<{ code: number | null; output: string }> {
  const child = spawn(program, args, {
    cwd: '/',
    env: binaries.environment,
    stdio: ['ignore', 'ignore', 'pipe'],
    ...user.spawnAs,
  });
  const code = new Promise<number | null>((resolve, reject) => {
    child.once('close', resolve);
    child.once('error', reject);
  });
  const [output, exit] = await Promise.all([text(child.stderr), code]);
  return { code: exit, output };
}
