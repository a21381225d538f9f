import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import pg from 'pg';
import { keepEmbedded } from './keep-embedded.ts';

test('a database that is killed is started again at the same address, with what was committed', async () => {
  const dataFolder = await mkdtemp(join(tmpdir(), 'foyer-keep-'));
  const postgres = await keepEmbedded({ dataFolder, log: () => undefined });
  const pool = new pg.Pool({ ...postgres.connection, ssl: false });
  pool.on('error', () => undefined);
  try {
    await pool.query('create table kept as select 42 as answer');
    const { rows } = await pool.query<{ pid: number }>(
      "select split_part(pg_read_file('postmaster.pid'), e'\\n', 1)::int as pid",
    );
    assert.ok(rows[0]);
    process.kill(rows[0].pid, 'SIGKILL');
    const end = Date.now() + 20_000;
    let answer: unknown;
    while (answer === undefined && Date.now() < end) {
      answer = await pool.query('select answer from kept').then(
        (result) => (result.rows[0] as { answer: number }).answer,
        () => undefined,
      );
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    assert.equal(answer, 42);
  } finally {
    await pool.end();
    await postgres.stop();
    await rm(dataFolder, { recursive: true, force: true });
  }
});
