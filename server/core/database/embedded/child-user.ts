import { readFile, stat } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { dirname } from 'node:path';

import { hasCode } from '../../has-code.ts';
import { StartRefused } from '../../start-refused.ts';

/** Whom PostgreSQL runs as. `spawnAs` goes into the options of `spawn`; it is empty when that is who we are. */
export type ChildUser = {
  name: string;
  uid: number;
  gid: number;
  spawnAs: { uid: number; gid: number } | Record<string, never>;
};

/**
 * PostgreSQL refuses to run as root and needs a user that /etc/passwd knows. Started by root it runs as the owner of
 * `postgresFolder` if there is one already (the folder may come from an ordinary user), else as `nobody`.
 */
export async function chooseChildUser(postgresFolder: string): Promise<ChildUser> {
  const owner = await ownerOf(postgresFolder);
  return process.getuid?.() === 0 ? chooseForRoot(owner) : ourselves(owner, postgresFolder);
}

function ourselves(owner: number | undefined, postgresFolder: string): ChildUser {
  let user;
  try {
    user = userInfo();
  } catch (error) {
    throw new StartRefused(
      'user_unknown',
      `The user id ${process.getuid?.()} has no line in /etc/passwd, which PostgreSQL needs: start Foyer as root or as a known user, or set DATABASE_URL.`,
      { cause: error },
    );
  }
  if (owner !== undefined && owner !== user.uid) {
    throw new StartRefused(
      'data_folder_of_other_user',
      `${postgresFolder} belongs to the user id ${owner}: start Foyer as root or as that user.`,
    );
  }
  return { name: user.username, uid: user.uid, gid: user.gid, spawnAs: {} };
}

async function chooseForRoot(owner: number | undefined): Promise<ChildUser> {
  if (process.platform !== 'linux') {
    throw new StartRefused(
      'root_not_supported',
      'PostgreSQL does not run as root: start Foyer as an ordinary user.',
    );
  }
  const wanted = owner === undefined || owner === 0 ? 'nobody' : owner;
  for (const line of (await readFile('/etc/passwd', 'utf8')).split('\n')) {
    const [name = '', , uid, gid] = line.split(':');
    if (name === wanted || Number(uid) === wanted) {
      const ids = { uid: Number(uid), gid: Number(gid) };
      return { name, ...ids, spawnAs: ids };
    }
  }
  throw new StartRefused(
    'user_unknown',
    `PostgreSQL does not run as root, and the user ${wanted} has no line in /etc/passwd: start Foyer as an ordinary user, or set DATABASE_URL.`,
  );
}

async function ownerOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).uid;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/** Whether the user may enter every folder down to `path` and execute (or enter) `path` itself. */
export async function canReach(path: string, user: ChildUser): Promise<boolean> {
  for (let step = path; ; step = dirname(step)) {
    const { mode, uid, gid } = await stat(step);
    const bit = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001;
    if ((mode & bit) === 0) return false;
    if (step === dirname(step)) return true;
  }
}

/**
 * What to do when the system bars `user` from the program or us from becoming that user, as in a container without
 * CAP_SETUID or without that user id; any other error comes back as it is.
 */
export function explainBarred(error: unknown, user: ChildUser): unknown {
  if (!(error instanceof Error && 'syscall' in error && /^(spawn|chown)/.test(String(error.syscall)))) {
    return error;
  }
  if (hasCode(error, 'EACCES')) {
    return new StartRefused(
      'binaries_not_executable',
      `${user.name} may not run PostgreSQL (${error.message}): mount that file system without noexec, or set DATABASE_URL.`,
      { cause: error },
    );
  }
  if (!hasCode(error, 'EPERM', 'EINVAL')) return error;
  return new StartRefused(
    'cannot_change_user',
    `PostgreSQL does not run as root, and this root may not start it as ${user.name} (${error.message}): start Foyer as an ordinary user, or set DATABASE_URL.`,
    { cause: error },
  );
}
