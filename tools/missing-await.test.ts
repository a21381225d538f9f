import assert from 'node:assert/strict';
import { cp, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { home, packageCommand, run } from './run.ts';

/** What a right hangs on. A check whose answer nobody waits for lets everybody through (CVE-2022-31013). */
const checks =
  /await (?=[\w.]*(settings\.authenticate\[|personOf|operatorOf|sessionOf|membershipOf|visitorOf|verifyPassword|spendToken|jwtVerify)\b)/;

test('B9: a check whose answer is not awaited does not pass the compiler or the linter', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'foyer-await-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  for (const part of ['server', 'protocol', 'client', 'package.json', 'tsconfig.base.json', '.oxlintrc.json'])
    await cp(join(home, part), join(folder, part), { recursive: true });
  await symlink(join(home, 'node_modules'), join(folder, 'node_modules'));
  const broken: string[] = [];
  for (const entry of await readdir(join(folder, 'server'), { recursive: true })) {
    if (!entry.endsWith('.ts') || entry.endsWith('.test.ts') || /^test\b/.test(entry)) continue;
    const file = join(folder, 'server', entry);
    const lines = (await readFile(file, 'utf8')).split('\n');
    for (const [index, line] of lines.entries()) {
      if (!checks.test(line)) continue;
      lines[index] = line.replace(checks, '');
      broken.push(`server/${entry}:${index + 1}`);
    }
    await writeFile(file, lines.join('\n'));
  }
  assert.ok(broken.length >= 6, `only ${broken.join()}`);

  const outputs = await Promise.all(
    [
      packageCommand('tsc', '-p', 'server', '--pretty', 'false'),
      packageCommand('oxlint', '--type-aware', '--format=unix', 'server'),
    ].map((args) => run(process.execPath, args, { output: 'keep', cwd: folder })),
  );
  const complaints = outputs
    .map(({ output }) => output.replaceAll(`${folder}/`, ''))
    .join('\n')
    .replace(/^(\S+?)\((\d+),/gm, '$1:$2:');
  // The compiler may find it where the answer is used, a few lines on.
  const unseen = broken.filter((place) => {
    const [file = '', line = ''] = place.split(':');
    const near = Array.from({ length: 12 }, (_, ahead) => `${file}:${Number(line) + ahead}:`);
    return !near.some((one) => complaints.includes(one));
  });
  assert.deepEqual(unseen, []);
});
