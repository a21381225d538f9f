import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';

import { type ChildUser } from './child-user.ts';
import { findBinaries } from './find-binaries.ts';

const folder = await mkdtemp(join(tmpdir(), 'foyer-binaries-'));
after(() => rm(folder, { recursive: true }));
const ourselves: ChildUser = { name: 'us', uid: process.getuid?.() ?? 0, gid: 0, spawnAs: {} };

async function refusedOn(platform: string): Promise<void> {
  const real = Object.getOwnPropertyDescriptor(process, 'platform')!;
  Object.defineProperty(process, 'platform', { ...real, value: platform });
  try {
    await findBinaries(folder, ourselves);
  } finally {
    Object.defineProperty(process, 'platform', real);
  }
}

test('a platform without binaries is told to set DATABASE_URL', async () => {
  await assert.rejects(refusedOn('win32'), {
    code: 'no_embedded_database',
    message: /for win32-.*DATABASE_URL/,
  });
});

test('a package left out by npm is told how to get it', async () => {
  // Known to us, but never installed here: npm takes the package of one platform only.
  const other = process.platform === 'linux' ? 'darwin' : 'linux';
  const arch = Object.getOwnPropertyDescriptor(process, 'arch')!;
  Object.defineProperty(process, 'arch', { ...arch, value: 'arm64' });
  try {
    await assert.rejects(refusedOn(other), { code: 'no_embedded_database', message: /--include=optional/ });
  } finally {
    Object.defineProperty(process, 'arch', arch);
  }
});

test('musl is told apart', async (t) => {
  t.mock.method(process.report, 'getReport', () => ({ header: {} }));
  await assert.rejects(refusedOn('linux'), {
    code: 'no_embedded_database',
    message: /musl \(Alpine\).*DATABASE_URL/,
  });
});

test('the environment is made from scratch and names the linked libraries', async (t) => {
  if (process.platform !== 'linux') return t.skip('elsewhere the links lie beside the libraries');
  process.env['PGDATA'] = '/nowhere';
  const { environment, major, version } = await findBinaries(folder, ourselves);
  assert.deepEqual(Object.keys(environment).toSorted(), ['LC_ALL', 'LD_LIBRARY_PATH', 'PATH', 'TZ']);
  assert.ok(version.startsWith(`${major}.`));
  const [libraries = ''] = environment['LD_LIBRARY_PATH']?.split(':') ?? [];
  assert.ok((await readdir(libraries)).some((name) => /^libicuuc\.so\.\d+$/.test(name)));
});
