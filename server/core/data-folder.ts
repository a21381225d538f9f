import { randomBytes } from 'node:crypto';
import { chownSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { link, mkdir, open, readFile, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

import { hasCode } from './has-code.ts';
import { StartRefused } from './start-refused.ts';

const SQLITE_BUSY = 5;

/** `./data`; for root `/var/lib/foyer`, because there the database runs as a user who often cannot reach the project. */
export function defaultDataFolder(): string {
  return process.getuid?.() === 0 ? '/var/lib/foyer' : resolve('data');
}

/**
 * Makes the data folder (0700) and takes an exclusive lock on it, which the kernel frees when this process ends in
 * whatever way. Throws StartRefused `data_folder_in_use` (naming the holder) or `data_folder_unusable`.
 *
 * Node offers no flock, but its SQLite takes the kernel's record locks (fcntl). Unlike a socket they hold between
 * containers that share a volume, and unlike flock the database process does not inherit them.
 * Never open `server.lock` elsewhere in this process: closing it would give the lock up (POSIX).
 */
export async function lockDataFolder(folder: string): Promise<{ release: () => Promise<void> }> {
  const lockFile = join(folder, 'server.lock');
  const holderFile = join(folder, 'server.pid');
  let lock: DatabaseSync | undefined;
  try {
    await makeFolder(folder);
    makePrivateFile(lockFile);
    lock = new DatabaseSync(lockFile, { timeout: 0 });
    lock.exec('PRAGMA journal_mode = MEMORY; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
    writeFileSync(holderFile, `${process.pid} on ${hostname()}`, { mode: 0o600 });
    giveToFolderOwner(folder, lockFile, holderFile);
  } catch (error) {
    lock?.close();
    if (error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY) {
      throw new StartRefused(
        'data_folder_in_use',
        `Another Foyer server uses ${folder} (process ${holder(holderFile)}): stop it, or give this one its own folder.`,
      );
    }
    throw new StartRefused(
      'data_folder_unusable',
      `Cannot use the data folder ${folder} (${String(error)}): make it writable for the user who starts Foyer, or choose another.`,
      { cause: error },
    );
  }
  const held = lock;
  return {
    release: async () => {
      rmSync(holderFile, { force: true });
      held.close();
    },
  };
}

/** Reads `<folder>/secrets/<name>`; the first call makes it: 32 random bytes, base64url. */
export async function readOrCreateSecret(folder: string, name: string): Promise<string> {
  return (await readSecret(folder, name)) ?? storeSecret(folder, name, randomBytes(32).toString('base64url'));
}

/** Undefined when there is none. Throws StartRefused `secret_damaged`. */
export async function readSecret(folder: string, name: string): Promise<string | undefined> {
  const path = join(folder, 'secrets', name);
  try {
    const secret = (await readFile(path, 'utf8')).trim();
    if (secret.length >= 32) return secret;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
  throw new StartRefused('secret_damaged', `The secret in ${path} is too short: restore it from a backup.`);
}

/** Stores the secret, mode 0600, whole or not at all, unless there is one. Answers the one that is there then. */
export async function storeSecret(folder: string, name: string, secret: string): Promise<string> {
  const secrets = join(folder, 'secrets');
  const path = join(secrets, name);
  await makeFolder(secrets);
  const draft = `${path}.${randomBytes(6).toString('hex')}`;
  await writeDurably(draft, secret);
  try {
    // link, unlike rename, never replaces: of two callers at once both return the secret of the first.
    await link(draft, path);
    await syncFolder(secrets);
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
  } finally {
    await rm(draft);
  }
  return (await readSecret(folder, name)) ?? secret;
}

async function writeDurably(path: string, text: string): Promise<void> {
  await using file = await open(path, 'wx', 0o600);
  await file.writeFile(text);
  await file.sync();
}

async function syncFolder(path: string): Promise<void> {
  await using folder = await open(path, 'r');
  await folder.sync();
}

async function makeFolder(folder: string): Promise<void> {
  // Only the folder itself is private: a private parent would shut out the database's user.
  await mkdir(dirname(folder), { recursive: true });
  try {
    await mkdir(folder, { mode: 0o700 });
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
  }
}

/** Whoever may read the lock file may lock it, and keep the server from starting. */
function makePrivateFile(path: string): void {
  try {
    writeFileSync(path, '', { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
  }
}

/** So that after one start by root the owner of the folder can still take the lock. */
function giveToFolderOwner(folder: string, ...files: string[]): void {
  if (process.getuid?.() !== 0) return;
  const { uid, gid } = statSync(folder);
  for (const file of files) chownSync(file, uid, gid);
}

function holder(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    return hasCode(error, 'ENOENT') ? 'unknown' : String(error);
  }
}
