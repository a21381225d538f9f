import { createHash } from 'node:crypto';
import { chmod, chown, lstat, mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

import { hasCode } from '../../has-code.ts';
import { StartRefused } from '../../start-refused.ts';
import { canReach, type ChildUser } from './child-user.ts';

export type Places = {
  /** `<data>/postgres`, owned by the child's user: all that PostgreSQL may write to. */
  postgres: string;
  cluster: string;
  /** The folder of the unix socket. */
  sockets: string;
  /** In the data folder itself: in the child's folder the child could turn it into a link to a file of root's. */
  log: string;
};

export const PORT = 5432;

/** sun_path holds 108 bytes on Linux and 104 on macOS, the final NUL included. */
const LONGEST_SOCKET = process.platform === 'darwin' ? 103 : 107;

export function placesIn(dataFolder: string): Places {
  const postgres = join(dataFolder, 'postgres');
  const inside = join(postgres, 'run');
  const fits = Buffer.byteLength(`${inside}/.s.PGSQL.${PORT}`) <= LONGEST_SOCKET;
  // Not os.tmpdir(): TMPDIR differs from start to start and may be private to root.
  const outside = `/tmp/foyer-${createHash('sha256').update(dataFolder).digest('hex').slice(0, 16)}`;
  return {
    postgres,
    cluster: join(postgres, 'cluster'),
    sockets: fits ? inside : outside,
    log: join(dataFolder, 'postgres.log'),
  };
}

/** Makes the folders which PostgreSQL needs and gives them, and nothing else, to `user`. */
export async function preparePlaces(dataFolder: string, places: Places, user: ChildUser): Promise<void> {
  await makeFolder(places.postgres, user);
  if ('uid' in user.spawnAs) await letThrough(dataFolder, places.postgres, user);
  await makeFolder(places.sockets, user);
  const { uid, mode } = await lstat(places.sockets);
  if (uid !== user.uid || (mode & 0o777) !== 0o700) {
    throw new StartRefused(
      'socket_folder_not_ours',
      `${places.sockets}, the folder of the database's socket, belongs to somebody else or is open to others: remove it.`,
    );
  }
}

async function makeFolder(path: string, user: ChildUser): Promise<void> {
  try {
    await mkdir(path, { mode: 0o700 });
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
  }
  const { uid } = await lstat(path);
  if (uid === 0 && user.uid !== 0) await chown(path, user.uid, user.gid);
}

/** The child's user must pass the data folder, though not list it; folders above it are not ours to open. */
async function letThrough(dataFolder: string, postgres: string, user: ChildUser): Promise<void> {
  if (await canReach(postgres, user)) return;
  await chmod(dataFolder, ((await stat(dataFolder)).mode & 0o777) | 0o011);
  if (await canReach(postgres, user)) return;
  throw new StartRefused(
    'data_folder_unreachable',
    `Started by root, PostgreSQL runs as ${user.name}, who cannot reach ${dataFolder}: use a data folder such as /var/lib/foyer.`,
  );
}
