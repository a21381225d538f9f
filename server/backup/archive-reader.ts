import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { finished, pipeline } from 'node:stream/promises';
import { createZstdDecompress } from 'node:zlib';
import { extract, type Extract } from 'tar-stream';
import { StartRefused } from '../core/start-refused.ts';
import {
  damaged,
  manifest as manifestSchema,
  SEAL_BYTES,
  SEAL_HEAD,
  type Manifest,
  type Table,
  tableOf,
  Tally,
  type Totals,
  totals as totalsSchema,
  ZSTD_MAGIC,
} from './format.ts';

type Entry = Extract extends AsyncIterable<infer E> ? E : never;

/** `content` is read to its end before the next table is asked for. */
export type StoredTable = { table: Table; content: AsyncIterable<Buffer>; tally: Tally };

/** Reads an archive once, from its beginning to its end, holding no more than a piece of it. */
export class ArchiveReader implements Disposable {
  readonly #path: string;
  readonly #archive: Extract;
  readonly #entries: AsyncIterator<Entry>;
  readonly manifest: Manifest;
  readonly secret: string;

  private constructor(path: string, archive: Extract, entries: AsyncIterator<Entry>, start: Start) {
    this.#path = path;
    this.#archive = archive;
    this.#entries = entries;
    this.manifest = start.manifest;
    this.secret = start.secret;
  }

  /**
   * Checks every byte of the file first. Throws StartRefused `no_such_backup`, `not_a_backup`, `backup_damaged` or
   * `backup_newer`.
   */
  static async open(path: string): Promise<ArchiveReader> {
    const { end, intact } = await checkSeal(path);
    if (!intact) throw await findDamage(path, end);
    return ArchiveReader.begin(path, end);
  }

  /** Without a look at the seal, which stands at `end`. */
  static async begin(path: string, end: number): Promise<ArchiveReader> {
    const archive = extract();
    const entries = archive[Symbol.asyncIterator]();
    // A failure destroys `archive`, so that whoever reads its entries is told.
    pipeline(createReadStream(path, { end: end - 1 }), createZstdDecompress(), archive).catch(
      () => undefined,
    );
    return new ArchiveReader(path, archive, entries, await readStart(path, entries));
  }

  /** Every table of the manifest, in its order. Throws StartRefused `backup_damaged` when one is not what was written. */
  async *tables(): AsyncGenerator<StoredTable> {
    const entries = this.#entries;
    let next = await entries.next();
    async function* piecesOf(name: string, tally: Tally): AsyncGenerator<Buffer> {
      for (; !next.done && tableOf(next.value.header.name) === name; next = await entries.next()) {
        for await (const chunk of next.value as AsyncIterable<Buffer>) {
          tally.add(chunk);
          yield chunk;
        }
      }
    }
    const found: Totals = {};
    for (const table of this.manifest.tables) {
      const tally = new Tally();
      yield { table, content: piecesOf(table.name, tally), tally };
      found[table.name] = tally.total();
    }
    const written = totalsSchema.parse(JSON.parse(await contentOf(next, 'totals.json')));
    for (const { name } of this.manifest.tables) {
      if (found[name]?.sha256 !== written[name]?.sha256) throw damaged(this.#path, `table ${name}`);
    }
  }

  [Symbol.dispose](): void {
    this.#archive.destroy();
  }
}

type Start = { manifest: Manifest; secret: string };

async function readStart(path: string, entries: AsyncIterator<Entry>): Promise<Start> {
  const given = JSON.parse(await contentOf(await entries.next(), 'manifest.json')) as { format?: unknown };
  const manifest = manifestSchema.safeParse(given);
  if (!manifest.success) {
    throw new StartRefused(
      'backup_newer',
      `The backup ${path} has format ${String(given.format)}, which this Foyer does not know: restore it with the version that made it, or a newer one.`,
    );
  }
  return { manifest: manifest.data, secret: await contentOf(await entries.next(), 'secret') };
}

function contentOf(next: IteratorResult<Entry>, name: string): Promise<string> {
  if (next.done || next.value.header.name !== name) throw new Error(`the archive has no ${name} here`);
  return text(next.value);
}

/** Whether the file is, byte by byte, what was written; `end` is where its seal begins. */
async function checkSeal(path: string): Promise<{ end: number; intact: boolean }> {
  if (!existsSync(path)) throw new StartRefused('no_such_backup', `There is no file ${path}.`);
  await using file = await open(path, 'r');
  const { size } = await file.stat();
  const head = Buffer.alloc(ZSTD_MAGIC.length);
  await file.read(head, 0, head.length, 0);
  const end = Math.max(size - SEAL_BYTES, 0);
  const seal = Buffer.alloc(SEAL_BYTES);
  await file.read(seal, 0, SEAL_BYTES, end);
  const sealed = seal.subarray(0, SEAL_HEAD.length).equals(SEAL_HEAD);
  if (!sealed && !head.equals(ZSTD_MAGIC)) {
    throw new StartRefused('not_a_backup', `${path} is no backup of Foyer.`);
  }
  if (!sealed) return { end: size, intact: false };
  const hash = createHash('sha256');
  for await (const chunk of file.createReadStream({
    start: 0,
    end: end - 1,
    autoClose: false,
    highWaterMark: 1 << 20,
  }))
    hash.update(chunk as Buffer);
  return { end, intact: hash.digest().equals(seal.subarray(SEAL_HEAD.length)) };
}

/** What to say of a file whose seal is broken: as near to the place as can be told. */
async function findDamage(path: string, end: number): Promise<StartRefused> {
  let place = 'near its beginning';
  try {
    using reader = await ArchiveReader.begin(path, end);
    for await (const { table, content } of reader.tables()) {
      place = `in table ${table.name} or near it`;
      await finished(Readable.from(content).resume());
    }
    return damaged(path, 'at its end');
  } catch (error) {
    return error instanceof StartRefused && error.code === 'backup_damaged' ? error : damaged(path, place);
  }
}
