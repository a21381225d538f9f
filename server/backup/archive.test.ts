import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { StartRefused } from '../core/start-refused.ts';
import { ArchiveReader } from './archive-reader.ts';
import { ArchiveWriter } from './archive-writer.ts';
import { FORMAT, pieceName, Tally, type Totals } from './format.ts';

const released = new URL('../migrations/released/0001-foundation.tar.zst', import.meta.url);
const NAMES = ['first', 'empty', 'second'];
const createdAt = new Date();
let folder: string;
let path: string;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'foyer-archive-'));
  path = join(folder, 'backup');
});
after(() => rm(folder, { recursive: true }));

/** Tables of bytes that no compressor makes smaller, so that a byte of the file belongs to a byte of a table. */
async function writeArchive(at: string, format = FORMAT): Promise<void> {
  await using archive = await ArchiveWriter.open(at, createdAt);
  const tables = NAMES.map((name) => ({ name, columns: ['a'] }));
  await archive.add(
    'manifest.json',
    JSON.stringify({ format, foyer: '9.9.9', createdAt, migrations: [], tables }),
  );
  await archive.add('secret', 'the secret');
  const totals: Totals = {};
  for (const name of NAMES) {
    const tally = new Tally();
    for (let number = 1; number <= (name === 'empty' ? 0 : 3); number += 1) {
      const piece = randomBytes(100_000);
      tally.add(piece);
      await archive.add(pieceName(name, number), piece);
    }
    totals[name] = tally.total();
  }
  await archive.add('totals.json', JSON.stringify(totals));
  await archive.finish();
}

/** Bytes by table. */
async function readArchive(at: string): Promise<Record<string, number>> {
  using archive = await ArchiveReader.open(at);
  const found: Record<string, number> = {};
  for await (const { table, content, tally } of archive.tables()) {
    for await (const chunk of content) assert.ok(chunk.length > 0);
    found[table.name] = tally.bytes;
  }
  return found;
}

const refusal = (at: string): Promise<StartRefused> =>
  readArchive(at).then(
    () => assert.fail(`${at} was read`),
    (error: unknown) => (error instanceof StartRefused ? error : assert.fail(String(error))),
  );

test('what is written is read, in order, and only its owner may read the file', async () => {
  await writeArchive(path);
  assert.deepEqual(await readArchive(path), { first: 300_000, empty: 0, second: 300_000 });
  assert.equal((await stat(path)).mode & 0o777, 0o600);
  assert.deepEqual(await readdir(folder), ['backup']);
  await assert.rejects(writeArchive(path), { code: 'backup_exists' });
});

test('R20: a flipped byte is noticed wherever it is, and the table is named', async () => {
  const whole = await readFile(path);
  const flipped = join(folder, 'flipped');
  const flip = async (at: number): Promise<StartRefused> => {
    const bytes = Buffer.from(whole);
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    await writeFile(flipped, bytes);
    return refusal(flipped);
  };
  const ends = Array.from({ length: 50 }, (_, index) => [index, whole.length - 1 - index]).flat();
  for (const at of ends) assert.equal((await flip(at)).code, 'backup_damaged', `byte ${at}`);
  const inside = Array.from({ length: 20 }, (_, index) => Math.round(((index + 1) * whole.length) / 22));
  let named = 0;
  for (const at of inside) {
    const { code, message } = await flip(at);
    assert.equal(code, 'backup_damaged', `byte ${at}`);
    assert.match(message, /flipped/, 'the file is named');
    // A flip that the decompressor trips over is only told to be near.
    if (message.includes('near')) continue;
    assert.match(message, at < whole.length / 2 ? /table first/ : /table second/);
    named += 1;
  }
  assert.ok(named > 10, `only ${named} of ${inside.length} were named`);
});

test('R20: every byte of a real backup counts', async () => {
  const whole = await readFile(released);
  const flipped = join(folder, 'real');
  for (let at = 0; at < whole.length; at += 37) {
    const bytes = Buffer.from(whole);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << (at % 8));
    await writeFile(flipped, bytes);
    assert.equal((await refusal(flipped)).code, 'backup_damaged', `byte ${at}`);
  }
});

test('R20: a file that is cut off, has grown or is something else is refused', async () => {
  const whole = await readFile(path);
  const other = join(folder, 'other');
  for (const length of [4, 5, 39, 40, 41, 1000, whole.length - 40, whole.length - 1]) {
    await writeFile(other, whole.subarray(0, length));
    assert.equal((await refusal(other)).code, 'backup_damaged', `${length} bytes`);
  }
  await writeFile(other, Buffer.concat([whole, Buffer.from('more')]));
  assert.equal((await refusal(other)).code, 'backup_damaged');
  assert.equal((await refusal(join(folder, 'nowhere'))).code, 'no_such_backup');
  for (const text of ['', 'a text', 'x'.repeat(5000)]) {
    await writeFile(other, text);
    assert.equal((await refusal(other)).code, 'not_a_backup');
  }
});

test('a format of the future is refused with a sentence', async () => {
  const newer = join(folder, 'newer');
  await writeArchive(newer, FORMAT + 1);
  const { code, message } = await refusal(newer);
  assert.equal(code, 'backup_newer');
  assert.match(message, /format 2/);
});

test('a writer that does not finish leaves nothing', async () => {
  const before = await readdir(folder);
  const unfinished = join(folder, 'unfinished');
  await assert.rejects(async () => {
    await using archive = await ArchiveWriter.open(unfinished, createdAt);
    await archive.add('manifest.json', '{}');
    assert.ok((await readdir(folder)).includes('unfinished.part'));
    throw new Error('on purpose');
  }, /on purpose/);
  assert.deepEqual(await readdir(folder), before);
});
