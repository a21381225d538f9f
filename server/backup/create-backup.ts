import { readFile } from 'node:fs/promises';
import { to as copyTo } from 'pg-copy-streams';
import type { PoolSettings } from '../core/database/database.ts';
import { ArchiveWriter } from './archive-writer.ts';
import { FORMAT, pieceName, type Table, Tally, type Totals } from './format.ts';
import { withProgress, type Say } from './progress.ts';
import { openSnapshot, type Snapshot } from './snapshot.ts';

/** Bytes of COPY's text in one piece: what is held in memory. */
const PIECE = 1 << 20;

export type BackupJob = {
  connection: PoolSettings;
  /** Signs the sessions and visits that are in the database: they live on only with it. */
  secret: string;
  /** Where the backup will be; nothing is there before it is whole. */
  path: string;
  say: Say;
  signal?: AbortSignal | undefined;
};

/** Writes all that this installation is, at one moment, into one file, while it runs. Throws StartRefused. */
export async function createBackup({ connection, secret, path, say, signal }: BackupJob): Promise<Totals> {
  const snapshot = await openSnapshot(connection);
  try {
    const createdAt = new Date();
    await using archive = await ArchiveWriter.open(path, createdAt);
    const { migrations, tables } = snapshot;
    const manifest = { format: FORMAT, foyer: await ownVersion(), createdAt, migrations, tables };
    await archive.add('manifest.json', JSON.stringify(manifest, null, 2));
    await archive.add('secret', secret);
    const totals: Totals = {};
    for (const table of tables) totals[table.name] = await addTable(archive, snapshot, table, say, signal);
    await archive.add('totals.json', JSON.stringify(totals, null, 2));
    await archive.finish();
    return totals;
  } finally {
    await snapshot.client.end();
  }
}

async function addTable(
  archive: ArchiveWriter,
  { client }: Snapshot,
  { name, columns }: Table,
  say: Say,
  signal: AbortSignal | undefined,
): Promise<Totals[string]> {
  const tally = new Tally();
  const names = columns.map((column) => client.escapeIdentifier(column)).join();
  const statement = `copy public.${client.escapeIdentifier(name)} (${names}) to stdout`;
  await withProgress(name, tally, say, async () => {
    let count = 0;
    for await (const piece of inPieces(client.query(copyTo(statement)))) {
      signal?.throwIfAborted();
      tally.add(piece);
      await archive.add(pieceName(name, (count += 1)), piece);
    }
  });
  return tally.total();
}

/** Joins chunks until they are worth an entry. */
async function* inPieces(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let held: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    held.push(chunk);
    bytes += chunk.length;
    if (bytes < PIECE) continue;
    yield Buffer.concat(held);
    held = [];
    bytes = 0;
  }
  if (bytes > 0) yield Buffer.concat(held);
}

async function ownVersion(): Promise<string> {
  const file = await readFile(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(file) as { version: string }).version;
}
