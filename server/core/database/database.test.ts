import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import pg from 'pg';
import { testDatabase } from '../../test/database.ts';

test('a connection that is lost between two statements fails its transaction, not the process', async () => {
  await using database = await testDatabase({ FOYER_LOG_LEVEL: 'silent' });
  const { db } = database.context;
  const master = new pg.Client({ connectionString: database.url });
  await master.connect();
  const work = db.inAccount(crypto.randomUUID(), async (tx) => {
    const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(tx);
    await master.query('select pg_terminate_backend($1, 5000)', [rows[0]?.pid]);
    // Until the loss has been heard, which nothing tells.
    await sleep(50);
    await sql`select 1`.execute(tx);
  });
  await assert.rejects(work, /not queryable|terminat/i);
  assert.equal(await db.answers(), true);
  await master.end();
});
