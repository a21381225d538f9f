import { copyFile, stat, truncate } from 'node:fs/promises';

import { hasCode } from '../../has-code.ts';

const MOST_BYTES = 10 * 1024 * 1024;

/**
 * Keeps the log and one predecessor (`<log>.1`) at about 10 MB each. PostgreSQL appends to a file it holds open for
 * its whole life, also past the life of a server, so the file is emptied in place instead of renamed.
 */
export async function boundLog(log: string): Promise<void> {
  if ((await sizeOf(log)) <= MOST_BYTES) return;
  await copyFile(log, `${log}.1`);
  await truncate(log);
}

export async function sizeOf(file: string): Promise<number> {
  try {
    return (await stat(file)).size;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return 0;
    throw error;
  }
}
