import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { build, dist } from './build.ts';
import { budgets, complaints, measure } from './size.ts';

describe('what a visitor loads', () => {
  let copy: string;

  before(async () => {
    await build({ ifStale: true });
    copy = await mkdtemp(join(tmpdir(), 'foyer-size-'));
    await cp(join(dist, 'widget'), copy, { recursive: true });
  });
  after(() => rm(copy, { recursive: true, force: true }));

  test('is within the budget at every stage', async () => {
    assert.deepEqual(complaints(await measure(copy)), []);
  });

  test('is weighed: every stage has some bytes', async () => {
    for (const [stage, bytes] of Object.entries(await measure(copy))) assert.ok(bytes > 100, stage);
  });

  test('is complained about when a file grows past its budget', async () => {
    const before = await measure(copy);
    const manifest = JSON.parse(await readFile(join(copy, 'manifest.json'), 'utf8')) as Record<
      string,
      { file: string }
    >;
    const chat = join(copy, manifest['chat/main.tsx']?.file ?? '');
    await writeFile(chat, randomBytes(budgets.chat));
    const after = await measure(copy);
    assert.deepEqual({ ...after, chat: 0 }, { ...before, chat: 0 });
    assert.equal(complaints(after).length, 1);
  });
});
