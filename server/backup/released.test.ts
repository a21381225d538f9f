import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Visit } from '#protocol/chatboxes.ts';
import { uuidv7 } from '#client/ref.ts';
import type { OperatorActor, VisitorActor } from '../core/actor.ts';
import { readMigrations } from '../core/database/migrate.ts';
import { issueTokens } from '../features/visitors/tokens.ts';
import { contentOfBackup, contentOfDatabase } from '../test/backup-content.ts';
import { operatorClient, until, visitorClient } from '../test/clients.ts';
import { serve, type Serving } from '../test/database.ts';
import { emptyDatabase, type EmptyDatabase } from '../test/empty-database.ts';
import { brokenInvariants } from '../test/invariants.ts';
import { ArchiveReader } from './archive-reader.ts';
import type { Table } from './format.ts';
import { restoreBackup } from './restore-backup.ts';

/**
 * Every release leaves a small backup of itself here (tools/release-backup.ts). This build must bring each to its own
 * schema in one step, lose nothing of it, and go on with its chats.
 */
const folder = new URL('../migrations/released/', import.meta.url);
const backups = readdirSync(folder).map((name) => fileURLToPath(new URL(name, folder)));

/** Columns whose content a migration or the restore changes on purpose, as `table.column`. */
const REWRITTEN = new Set(['installation.epoch']);

test('there is a backup of the first release', () => {
  assert.ok(backups.some((path) => path.includes('0001-foundation')));
});

for (const path of backups) {
  test(`${path.split('/').at(-1)} comes to the newest schema with all that is in it, and its chats go on`, async () => {
    await using database = await emptyDatabase();
    using archive = await ArchiveReader.open(path);
    const manifest = await restoreBackup({
      connection: { connectionString: database.url },
      archive,
      keepSecret: async (secret) => assert.ok(secret.length >= 32),
      say: () => undefined,
    });
    const names = await database.query<{ name: string }>('select name from migrations order by 1');
    assert.deepEqual(
      names.map(({ name }) => name),
      (await readMigrations()).map(({ name }) => name),
    );
    const kept = await keptColumns(database, manifest.tables);
    assert.deepEqual(await contentOfDatabase(database.url, kept), await contentOfBackup(path, kept));
    const server = await serve(database.url);
    try {
      await goOnChatting(server, database);
    } finally {
      await server.stop();
    }
    assert.deepEqual(await brokenInvariants((text) => database.query(text)), []);
  });
}

/** The columns of the backup that there still are, and are to hold what they held. */
async function keptColumns(database: EmptyDatabase, tables: Table[]): Promise<Table[]> {
  const rows = await database.query<{ name: string }>(
    `select table_name || '.' || column_name as name from information_schema.columns where table_schema = 'public'`,
  );
  const now = new Set(rows.map(({ name }) => name));
  const isKept = (name: string): boolean => now.has(name) && !REWRITTEN.has(name);
  return tables.map(({ name, columns }) => ({
    name,
    columns: columns.filter((column) => isKept(`${name}.${column}`)),
  }));
}

type Open = { conversation_id: string; last_seq: number } & Record<
  'account_id' | 'visitor_id' | 'chatbox_id' | 'operator_id',
  string
>;

/** The two who were talking when the backup was made see what they said, and say more. */
async function goOnChatting(server: Serving, database: EmptyDatabase): Promise<void> {
  const [open] = await database.query<Open>(`select * from conversations where state = 'open' limit 1`);
  assert.ok(open);
  const conversationId = open.conversation_id;
  const actor = { visitorId: open.visitor_id, accountId: open.account_id, chatboxId: open.chatbox_id };
  const key = server.context.key('visitor');
  const visit = await issueTokens(key, { kind: 'visitor', ...actor, since: new Date() } as VisitorActor);
  const visitor = visitorClient(server, visit as Visit);
  const operator = await operatorClient(server, { operatorId: open.operator_id } as OperatorActor);
  const lastOf = (client: typeof visitor) => client.getState().threads.get(conversationId)?.entries.at(-1);
  try {
    visitor.start();
    operator.start();
    operator.follow(conversationId);
    for (const client of [visitor, operator]) {
      await until('what was said before', () => lastOf(client)?.seq === open.last_seq);
    }
    await visitor.send({ type: 'message.post', ref: uuidv7(), conversationId, text: 'Still there?' });
    await operator.send({ type: 'message.post', ref: uuidv7(), conversationId, text: 'Yes.' });
    for (const client of [visitor, operator]) {
      await until('what is said now', () => lastOf(client)?.seq === open.last_seq + 2);
      const said = client.getState().threads.get(conversationId)?.entries.slice(-2);
      assert.deepEqual(
        said?.map(({ what }) => what),
        [
          { kind: 'message', text: 'Still there?' },
          { kind: 'message', text: 'Yes.' },
        ],
      );
    }
  } finally {
    visitor.stop();
    operator.stop();
  }
}
