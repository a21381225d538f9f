/**
 * `node tools/release-backup.ts`, once for each release: keeps a small backup of this version, filled by its own verbs,
 * which every later version must be able to restore (server/backup/released.test.ts).
 */
import { randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createBackup } from '../server/backup/create-backup.ts';
import { readMigrations } from '../server/core/database/migrate.ts';
import type { OperatorActor, VisitorActor } from '../server/core/actor.ts';
import { createLogger } from '../server/core/logger.ts';
import { readConfig } from '../server/config.ts';
import type { Context } from '../server/context.ts';
import { markReceipt } from '../server/features/conversations/mark-receipt.ts';
import { postMessage } from '../server/features/conversations/post-message.ts';
import { updateDetails, visitPage } from '../server/features/conversations/tell-of-visitor.ts';
import { createContext } from '../server/start.ts';
import { startTestPostgres, databaseUrl, TEMPLATE } from '../server/test/postgres.ts';
import { makeWorld } from '../server/test/world.ts';
import { home } from './run.ts';

const SECRET = 'of the backups that stand in the repository: no secret';

/** What COPY and JSON must carry unharmed. */
const TEXTS = [
  'plain',
  'tab\tand\nlines\r\n',
  '\\. \\N \\\\ "quoted" \'single\'',
  'Привет 😀 שלום\u200f',
  ' ',
];

const folder = join(home, 'server/migrations/released');
await mkdir(folder, { recursive: true });
const last = (await readMigrations()).at(-1)?.name.replace('.sql', '') ?? '';
const postgres = await startTestPostgres();
try {
  const url = databaseUrl(postgres.env['FOYER_TEST_DATABASE_URL'] ?? '', TEMPLATE);
  const config = readConfig({ FOYER_DATA: '/nonexistent', FOYER_LOG_LEVEL: 'error' });
  const connection = { connectionString: url };
  const context = await createContext(config, SECRET, connection, createLogger('error'));
  await fill(context);
  await context.conversations.settled();
  await context.presence[Symbol.asyncDispose]();
  await context.jobs[Symbol.asyncDispose]();
  await context.db[Symbol.asyncDispose]();
  await createBackup({ connection, secret: SECRET, path: join(folder, `${last}.tar.zst`), say: console.log });
} finally {
  await postgres.stop();
}

async function fill(context: Context): Promise<void> {
  for (const name of ['first', 'second']) {
    const { ids, visitor, owner } = await makeWorld(context, name);
    const { conversationId } = ids;
    const people = [owner.actor as OperatorActor, visitor.actor as VisitorActor] as const;
    for (const [index, text] of TEXTS.entries()) {
      await postMessage(context, people[index % 2] ?? people[0], { conversationId, ref: randomUUID(), text });
    }
    const page = { url: `https://${name}.example/two?a=b#c`, title: 'Page "two"' };
    await visitPage(context, people[1], conversationId, randomUUID(), page);
    await updateDetails(context, people[1], conversationId, randomUUID(), { name: 'Ōsaka\tVisitor' });
    await markReceipt(context, people[0], conversationId, randomUUID(), { mark: 'read', upTo: 3 });
  }
}
