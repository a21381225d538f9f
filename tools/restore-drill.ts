/**
 * `node tools/restore-drill.ts 2000000`: makes an installation with so many messages, backs it up, restores it beside,
 * and tells how long that took. The figures stand in docs/operate/backup.md.
 */
import { chmod, mkdir, mkdtemp, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { ArchiveReader } from '../server/backup/archive-reader.ts';
import { createBackup } from '../server/backup/create-backup.ts';
import { megabytes } from '../server/backup/progress.ts';
import { restoreBackup } from '../server/backup/restore-backup.ts';
import { startEmbedded } from '../server/core/database/embedded/start-embedded.ts';
import { migrate } from '../server/core/database/migrate.ts';

const PER_CONVERSATION = 20;
const SECRET = 'of the drill, which nobody needs to keep';

/** One account with closed conversations of twenty messages, each of 200 characters that compress about as speech does. */
const fill = (conversations: number): string => `
  insert into accounts values (gen_random_uuid(), 'drill', 'Drill', 'en', 'secret', now());
  insert into account_streams select account_id, ${conversations} from accounts;
  create temp table talks as
    select gen_random_uuid() as id, gen_random_uuid() as visitor from generate_series(1, ${conversations});
  insert into visitors (account_id, visitor_id, first_seen_at) select account_id, visitor, now() from accounts, talks;
  insert into conversations (account_id, conversation_id, visitor_id, chatbox_id, channel, state, language, created_at,
      closed_at, last_seq, unread_seqs, visitor_delivered, visitor_read, operator_delivered, operator_read, changed_seq)
    select account_id, id, visitor, id, 'chat', 'closed', 'en', now(), now(), ${PER_CONVERSATION}, '{}', 0, 0, 0, 0, 1
    from accounts, talks;
  insert into entries select account_id, id, seq, now(), 'visitor', visitor, gen_random_uuid(),
      jsonb_build_object('kind', 'message', 'text', regexp_replace(
        md5(id::text || seq) || md5(visitor::text || seq) || repeat(md5(seq::text), 4), '(.{5})', '\\1 ', 'g'))
    from accounts, talks, generate_series(1, ${PER_CONVERSATION}) seq`;

const messages = Number(process.argv[2] ?? 100_000);
const folder = await mkdtemp('/var/tmp/foyer-drill-');
const path = join(folder, 'foyer.tar.zst');
try {
  // PostgreSQL, which runs as another user for root, must pass.
  await chmod(folder, 0o711);
  const first = await openDatabase('first');
  const size = await make(first.connection);
  const backup = await timed(() =>
    createBackup({ connection: first.connection, secret: SECRET, path, say: console.log }),
  );
  await first.stop();
  const second = await openDatabase('second');
  const restore = await timed(async () => {
    using archive = await ArchiveReader.open(path);
    await restoreBackup({
      connection: second.connection,
      archive,
      keepSecret: async () => undefined,
      say: console.log,
    });
  });
  await second.stop();
  const rate = (seconds: number): string => `${seconds.toFixed(1)} s, ${megabytes(size / seconds)} a second`;
  console.log(
    `${messages} messages, database ${megabytes(size)}, backup ${megabytes((await stat(path)).size)}`,
  );
  console.log(`backup:  ${rate(backup)}`);
  console.log(`restore: ${rate(restore)} (checking the file included)`);
  console.log(`memory:  ${megabytes(process.resourceUsage().maxRSS * 1024)} at most`);
} finally {
  await rm(folder, { recursive: true, force: true, maxRetries: 20 });
}

async function openDatabase(name: string) {
  const { connection, stop } = await startEmbedded({
    dataFolder: await madeFolder(name),
    log: () => undefined,
  });
  return { connection: { ...connection, ssl: false }, stop };
}

/** Answers the bytes of the database. */
async function make(connection: pg.ClientConfig): Promise<number> {
  await migrate(connection);
  const client = new pg.Client(connection);
  await client.connect();
  await client.query(fill(Math.ceil(messages / PER_CONVERSATION)));
  await client.query('vacuum analyze');
  const { rows } = await client.query<{ size: string }>(
    'select pg_database_size(current_database()) as size',
  );
  await client.end();
  return Number(rows[0]?.size);
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await work();
  return (performance.now() - begun) / 1000;
}

async function madeFolder(name: string): Promise<string> {
  const made = join(folder, name);
  await mkdir(made, { mode: 0o711 });
  return made;
}
