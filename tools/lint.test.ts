import assert from 'node:assert/strict';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { home, packageCommand, run } from './run.ts';

/** Files that break the rules we rely on, and what oxlint must call each. A rule that is off by mistake stays silent. */
const controls: Record<string, [rule: string, text: string]> = {
  'server/floating.ts': ['typescript(no-floating-promises)', 'Promise.resolve();'],
  'server/misused.ts': [
    'typescript(no-misused-promises)',
    'export const n = [1].filter(() => Promise.resolve(true));',
  ],
  'server/switch.ts': [
    'typescript(switch-exhaustiveness-check)',
    `export function f(x: 'a' | 'b'): void { switch (x) { case 'a': f('a'); } }`,
  ],
  'server/type.ts': [
    'typescript(consistent-type-imports)',
    `import { Ok } from './ok.ts'; export const ok: Ok = 1;`,
  ],
  'server/any.ts': ['typescript(no-explicit-any)', 'export const a: any = 1;'],
  'server/throws.ts': ['typescript(only-throw-error)', `export const f = (): never => { throw 'text'; };`],
  'server/camelCase.ts': ['unicorn(filename-case)', 'export const a = 1;'],
  'server/default.ts': ['import(no-default-export)', 'export default 1;'],
  'server/barrel.ts': ['oxc(no-barrel-file)', `export * from './ok.ts';`],
  'server/long.ts': ['eslint(max-lines)', 'export {};\n'.repeat(301)],
  'server/equal.ts': ['eslint(eqeqeq)', 'export const f = (a: number): boolean => a == 1;'],
  'server/console.ts': ['eslint(no-console)', `console.log('a');`],
  'client/console.ts': ['eslint(no-console)', `console.log('a');`],
  'protocol/console.ts': ['eslint(no-console)', `console.log('a');`],
  'server/eval.ts': ['eslint(no-eval)', `eval('1');`],
  'server/function.ts': ['typescript(no-implied-eval)', `export const f = new Function('1');`],
  'server/random.ts': ['eslint(no-restricted-properties)', 'export const a = Math.random();'],
  'widget/inner.ts': ['eslint(no-restricted-properties)', `document.body.innerHTML = '';`],
  'widget/outer.ts': ['eslint(no-restricted-properties)', `document.body.outerHTML = '';`],
  'widget/insert.ts': [
    'eslint(no-restricted-properties)',
    `document.body.insertAdjacentHTML('beforeend', '');`,
  ],
  'widget/write.ts': ['eslint(no-restricted-properties)', `document.write('');`],
  'console/danger.tsx': [
    'react(no-danger)',
    `export const a = <p dangerouslySetInnerHTML={{ __html: '' }} />;`,
  ],
};

const innocent: Record<string, string> = {
  'server/ok.ts': 'export type Ok = 1;',
  'server/ok.test.ts': `import { test } from 'node:test'; test('a', async () => { await Promise.reject(Math.random()); });`,
  'widget/vite.config.ts': 'export default {};',
  'tools/ok.ts': `console.log('a');`,
};

test('A1, B9, C10: the linter catches what we ask it to, and only that', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'foyer-lint-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  await cp(join(home, '.oxlintrc.json'), join(folder, '.oxlintrc.json'));
  await cp(join(home, 'tsconfig.base.json'), join(folder, 'tsconfig.base.json'));
  await symlink(join(home, 'node_modules'), join(folder, 'node_modules'));
  for (const root of ['server', 'client', 'protocol', 'widget', 'console', 'tools']) {
    await mkdir(join(folder, root));
    await cp(join(home, root, 'tsconfig.json'), join(folder, root, 'tsconfig.json'));
  }
  const broken = Object.entries(controls).map(([file, [, text]]) => [file, text] as const);
  for (const [file, text] of [...broken, ...Object.entries(innocent)]) {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), `${text}\n`);
  }

  const args = packageCommand('oxlint', '--type-aware', '--format=json');
  const { output } = await run(process.execPath, args, { output: 'keep', cwd: folder });
  const { diagnostics } = JSON.parse(output) as { diagnostics: { code: string; filename: string }[] };
  const caught = new Set(diagnostics.map(({ filename, code }) => `${filename}: ${code}`));
  const expected = Object.entries(controls).map(([file, [rule]]) => `${file}: ${rule}`);
  assert.deepEqual([...caught].sort(), expected.sort());
});
