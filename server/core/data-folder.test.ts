import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';

import { lockDataFolder, readOrCreateSecret } from './data-folder.ts';

const base = await mkdtemp(join(tmpdir(), 'foyer-folder-'));
after(() => rm(base, { recursive: true }));

test('a second server is refused with the pid of the first, and served once it releases', async () => {
  const folder = join(base, 'once');
  const lock = await lockDataFolder(folder);
  assert.equal((await stat(folder)).mode & 0o777, 0o700);
  const inUse = { code: 'data_folder_in_use', message: new RegExp(`process ${process.pid} on `) };
  await assert.rejects(lockDataFolder(folder), inUse);
  await assert.rejects(lockDataFolder(folder), inUse, 'a refused attempt must not loosen the lock');
  await lock.release();
  await (await lockDataFolder(folder)).release();
});

test('the kernel frees the lock of a server killed with -9', async () => {
  const folder = join(base, 'killed');
  const script = `
    const { lockDataFolder } = await import(${JSON.stringify(import.meta.resolve('./data-folder.ts'))});
    await lockDataFolder(${JSON.stringify(folder)});
    console.log('locked');
    setInterval(() => {}, 1000);`;
  const holder = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(holder.stdout, 'data');
  await assert.rejects(lockDataFolder(folder), { message: new RegExp(`process ${holder.pid} on `) });
  holder.kill('SIGKILL');
  await once(holder, 'exit');
  await (await lockDataFolder(folder)).release();
});

test('a folder that cannot be made is refused with its path', async () => {
  await writeFile(join(base, 'file'), '');
  await assert.rejects(lockDataFolder(join(base, 'file/data')), {
    code: 'data_folder_unusable',
    message: /file\/data/,
  });
});

test('a secret is made once, private, also when two ask at once', async () => {
  const [first, second] = await Promise.all([
    readOrCreateSecret(base, 'key'),
    readOrCreateSecret(base, 'key'),
  ]);
  assert.equal(Buffer.from(first, 'base64url').length, 32);
  assert.equal(second, first);
  assert.equal(await readOrCreateSecret(base, 'key'), first);
  assert.notEqual(await readOrCreateSecret(base, 'other'), first);
  assert.equal((await stat(join(base, 'secrets/key'))).mode & 0o777, 0o600);
  assert.equal((await stat(join(base, 'secrets'))).mode & 0o777, 0o700);
});

test('an emptied secret is refused instead of used', async () => {
  await readOrCreateSecret(base, 'emptied');
  await writeFile(join(base, 'secrets/emptied'), '');
  await assert.rejects(readOrCreateSecret(base, 'emptied'), { code: 'secret_damaged' });
});
