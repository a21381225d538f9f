/**
 * A backup is one tar archive, compressed by zstd: `manifest.json`, `secret`, the tables as COPY writes them in pieces
 * `tables/<name>/<number>`, and `totals.json`. Behind it stands the seal: a zstd frame that decompressors skip, with
 * the SHA-256 of everything before it. `tar --zstd -xf` opens it without Foyer.
 */
import { createHash } from 'node:crypto';
import * as z from 'zod/mini';
import { StartRefused } from '../core/start-refused.ts';

export const FORMAT = 1;

const table = z.object({ name: z.string(), columns: z.array(z.string()) });
export type Table = z.infer<typeof table>;

export const manifest = z.object({
  format: z.literal(FORMAT),
  /** Version of the Foyer that wrote it. */
  foyer: z.string(),
  createdAt: z.string(),
  /** The schema: every migration that had run, in order. */
  migrations: z.array(z.object({ name: z.string(), checksum: z.string() })),
  /** In the order of the archive; every foreign key points to an earlier one. */
  tables: z.array(table),
});
export type Manifest = z.infer<typeof manifest>;

/** Of each table, by name: rows, and SHA-256 of all its pieces. */
export const totals = z.record(z.string(), z.object({ rows: z.number(), sha256: z.string() }));
export type Totals = z.infer<typeof totals>;

export const pieceName = (table: string, number: number): string =>
  `tables/${table}/${String(number).padStart(9, '0')}`;

/** The table whose piece this is. */
export const tableOf = (name: string): string | undefined => /^tables\/([^/]+)\/\d+$/.exec(name)?.[1];

export const ZSTD_MAGIC = Buffer.from('28b52ffd', 'hex');
/** Magic of a skippable frame, and the length of what follows. */
export const SEAL_HEAD = Buffer.from('5e2a4d1820000000', 'hex');
export const SEAL_BYTES = SEAL_HEAD.length + 32;

export const damaged = (path: string, where: string): StartRefused =>
  new StartRefused(
    'backup_damaged',
    `The backup ${path} is damaged (${where}). Nothing was changed: use another backup.`,
  );

/** Counts and hashes what one table consists of. In the text of COPY a line feed ends a row and stands nowhere else. */
export class Tally {
  rows = 0;
  bytes = 0;
  readonly #hash = createHash('sha256');

  add(chunk: Buffer): void {
    this.bytes += chunk.length;
    this.#hash.update(chunk);
    for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, at + 1)) this.rows += 1;
  }

  total(): Totals[string] {
    return { rows: this.rows, sha256: this.#hash.digest('hex') };
  }
}
