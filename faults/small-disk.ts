import { execFile, execFileSync } from 'node:child_process';
import { mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const MEGABYTE = 2 ** 20;

/** A file system of its own, in memory, that can be filled to the last byte. Needs root. */
export class SmallDisk implements AsyncDisposable {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
    process.on('exit', this.#leave);
  }

  static async mount(folder: string, megabytes: number): Promise<SmallDisk> {
    await mkdir(folder);
    await run('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=711`, 'foyer-faults', folder]);
    return new SmallDisk(folder);
  }

  /** Takes all that is left. */
  async fill(): Promise<void> {
    const file = await open(this.#ballast, 'a');
    try {
      for (const size of [MEGABYTE, 4096]) while (await took(file, size));
    } finally {
      await file.close();
    }
  }

  free(): Promise<void> {
    return rm(this.#ballast, { force: true });
  }

  get #ballast(): string {
    return join(this.folder, 'ballast');
  }

  readonly #leave = (): void => {
    // Lazily: whoever still has a file open there keeps it until its end.
    execFileSync('umount', ['--lazy', this.folder], { stdio: 'ignore' });
  };

  async [Symbol.asyncDispose](): Promise<void> {
    process.off('exit', this.#leave);
    await run('umount', ['--lazy', this.folder]);
  }
}

/** False when there is no room for it. */
async function took(file: Awaited<ReturnType<typeof open>>, size: number): Promise<boolean> {
  try {
    return (await file.write(Buffer.alloc(size))).bytesWritten === size;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOSPC') return false;
    throw error;
  }
}
