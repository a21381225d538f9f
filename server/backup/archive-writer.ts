import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createZstdCompress } from 'node:zlib';
import { pack } from 'tar-stream';
import { StartRefused } from '../core/start-refused.ts';
import { SEAL_HEAD } from './format.ts';

/**
 * Writes an archive under `<path>.part`. Only `finish` gives it its name, once all of it is on the disk; whatever ends
 * the writer before that leaves nothing under `path`.
 */
export class ArchiveWriter implements AsyncDisposable {
  readonly #path: string;
  readonly #file: FileHandle;
  readonly #createdAt: Date;
  readonly #pack = pack();
  readonly #hash = createHash('sha256');
  readonly #written: Promise<void>;

  private constructor(path: string, file: FileHandle, createdAt: Date) {
    this.#path = path;
    this.#file = file;
    this.#createdAt = createdAt;
    this.#written = pipeline(this.#pack, createZstdCompress(), async (chunks: AsyncIterable<Buffer>) => {
      for await (const chunk of chunks) await this.#append(chunk);
    });
    // Whoever waits for an entry or the end is told; without both it has failed already.
    this.#written.catch(() => undefined);
  }

  /** Throws StartRefused `backup_exists` when there is a file already. */
  static async open(path: string, createdAt: Date): Promise<ArchiveWriter> {
    if (existsSync(path)) {
      throw new StartRefused('backup_exists', `${path} is there already: choose another name, or remove it.`);
    }
    // A piece that an interrupted backup left. `wx` follows no link that somebody laid there meanwhile.
    await rm(partOf(path), { force: true });
    return new ArchiveWriter(path, await open(partOf(path), 'wx', 0o600), createdAt);
  }

  async add(name: string, content: Buffer | string): Promise<void> {
    const header = { name, mode: 0o600, mtime: this.#createdAt };
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#pack.entry(header, content, (error) => (error ? reject(error) : resolve()));
    // The file's own failure (a full disk) comes first and says more than that of the entry.
    await Promise.race([this.#written, promise]);
  }

  async finish(): Promise<void> {
    this.#pack.finalize();
    await this.#written;
    await this.#file.appendFile(Buffer.concat([SEAL_HEAD, this.#hash.digest()]));
    await this.#file.sync();
    await this.#file.close();
    await rename(partOf(this.#path), this.#path);
    await using folder = await open(dirname(this.#path), 'r');
    await folder.sync();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#pack.destroy();
    await this.#written.catch(() => undefined);
    await this.#file.close();
    await rm(partOf(this.#path), { force: true });
  }

  async #append(chunk: Buffer): Promise<void> {
    this.#hash.update(chunk);
    await this.#file.appendFile(chunk);
  }
}

const partOf = (path: string): string => `${path}.part`;
