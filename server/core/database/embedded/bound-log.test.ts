import assert from 'node:assert/strict';
import { mkdtemp, open, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';

import { boundLog } from './bound-log.ts';

const folder = await mkdtemp(join(tmpdir(), 'foyer-log-'));
after(() => rm(folder, { recursive: true }));

test('a long log is put aside while its writer goes on appending', async () => {
  const log = join(folder, 'postgres.log');
  await boundLog(log);
  await using writer = await open(log, 'a', 0o600);
  await writer.writeFile('short');
  await boundLog(log);
  assert.equal(await readFile(log, 'utf8'), 'short');

  await writer.writeFile(Buffer.alloc(10 * 1024 * 1024));
  await boundLog(log);
  await writer.writeFile('after');
  assert.equal(await readFile(log, 'utf8'), 'after');
  assert.equal((await stat(`${log}.1`)).size, 10 * 1024 * 1024 + 5);
});
