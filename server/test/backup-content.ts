import { text } from 'node:stream/consumers';
import pg from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import { ArchiveReader } from '../backup/archive-reader.ts';
import type { Table } from '../backup/format.ts';

/** Every row, as COPY writes it, sorted; by table. */
export type Content = Record<string, string[]>;

const linesOf = (copied: string): string[] => copied.split('\n').slice(0, -1).toSorted();

export async function contentOfBackup(path: string): Promise<Content> {
  using archive = await ArchiveReader.open(path);
  const content: Content = {};
  for await (const stored of archive.tables()) {
    let copied = '';
    for await (const chunk of stored.content) copied += chunk.toString('latin1');
    content[stored.table.name] = linesOf(Buffer.from(copied, 'latin1').toString());
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
