import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import pg from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import { ArchiveReader } from '../backup/archive-reader.ts';
import type { Table } from '../backup/format.ts';

/** Every row, as COPY writes it, sorted; by table. */
export type Content = Record<string, string[]>;

const linesOf = (copied: string): string[] => copied.split('\n').slice(0, -1).toSorted();

/** What the backup holds; of `tables`, those columns. */
export async function contentOfBackup(path: string, tables?: readonly Table[]): Promise<Content> {
  using archive = await ArchiveReader.open(path);
  const content: Content = {};
  for await (const { table, content: copied } of archive.tables()) {
    const wanted = tables?.find(({ name }) => name === table.name)?.columns ?? table.columns;
    const places = wanted.map((column) => table.columns.indexOf(column));
    const lines = linesOf(await text(Readable.from(copied)));
    content[table.name] = lines
      .map((line) => line.split('\t'))
      .map((values) => places.map((place) => values[place]).join('\t'))
      .toSorted();
  }
  return content;
}

/** What a backup of these tables and columns would hold now, read without the code of backups. Asks as a superuser. */
export async function contentOfDatabase(url: string, tables: readonly Table[]): Promise<Content> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('set timezone = utc');
    const content: Content = {};
    for (const { name, columns } of tables) {
      content[name] = linesOf(await text(client.query(copyTo(`copy ${name} (${columns.join()}) to stdout`))));
    }
    return content;
  } finally {
    await client.end();
  }
}
