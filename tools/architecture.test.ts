import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { ICruiseResult } from 'dependency-cruiser';
import { home, packageCommand, run } from './run.ts';
import { brokenSourceRules, sourceRules } from './source-rules.ts';

// Without a compiler it can use, dependency-cruiser reads nothing, finds nothing wrong and is content.
const modulesReadAtLeast = 60;

const roots = ['protocol', 'client', 'sip', 'server', 'widget', 'console', 'bench', 'e2e', 'faults', 'tools'];

async function cruise(folder: string): Promise<ICruiseResult['summary']> {
  const config = join(home, '.dependency-cruiser.mjs');
  const folders = roots.filter((root) => existsSync(join(folder, root)));
  const args = packageCommand('depcruise', '--config', config, '--output-type', 'json', ...folders);
  const { output } = await run(process.execPath, args, { output: 'keep', cwd: folder });
  return (JSON.parse(output) as ICruiseResult).summary;
}

/** For each import rule a file that breaks it, and what that file says. */
const importControls: Record<string, [file: string, text: string]> = {
  'protocol-reaches-only-itself': ['protocol/a.ts', `import '../server/main.ts';`],
  'sip-reaches-only-itself': ['sip/a.ts', `import '../server/main.ts';`],
  'client-reaches-only-protocol': ['client/a.ts', `import '../server/main.ts';`],
  'widget-reaches-only-client-protocol': ['widget/a.ts', `import '../console/main.ts';`],
  'console-reaches-only-client-protocol': ['console/a.ts', `import '../server/main.ts';`],
  'server-reaches-only-protocol-sip': ['server/a.ts', `import '../tools/a.ts';`],
  'protocol-needs-only-zod': ['protocol/b.ts', `import 'node:fs';`],
  'client-needs-no-package': ['client/b.ts', `import 'zod';`],
  'widget-needs-only-preact': ['widget/b.ts', `import 'zod';`],
  'server-runs-without-dev-packages': ['server/b.ts', `import 'vite';`],
  'client-takes-types-only-from-protocol': ['client/c.ts', `import { ok } from '#protocol/ok.ts'; ok;`],
  'widget-takes-types-only-from-protocol': ['widget/c.ts', `import { ok } from '#protocol/ok.ts'; ok;`],
  'roots-are-entered-by-their-alias': ['widget/d.ts', `import type { Ok } from '../protocol/ok.ts';`],
  'core-knows-no-feature': ['server/core/a.ts', `import '../features/one/ok.ts';`],
  'server-features-look-only-at-core-and-unscoped': ['server/features/one/a.ts', `import '../../main.ts';`],
  'feature-insides-are-private': ['server/features/one/b.ts', `import '../two/store.ts';`],
  'no-cycles': ['server/core/b.ts', `import './c.ts';`],
  'nothing-imports-a-test': ['server/core/d.ts', `import './d.test.ts';`],
  'no-unresolvable': ['server/core/e.ts', `import './missing.ts';`],
};

/** For each source rule a file that breaks it, and what that file says. */
const sourceControls: Record<string, [file: string, text: string]> = {
  'statements without row-level security are in server/unscoped/': [
    'server/features/one/c.ts',
    'await database.unscoped.query(sql);',
  ],
  'the environment goes from the programs of the server to server/config.ts only': [
    'server/core/f.ts',
    'export const port = process.env.PORT;',
  ],
  'css uses logical properties': ['widget/chat/a.css', 'p {\n  margin-left: 1px;\n}'],
  'styles in scripts are logical too': ['console/b.tsx', 'export const style = { marginLeft: 4 };'],
  'imports carry their extension': ['widget/e.ts', `import './c';`],
};

const innocent: [file: string, text: string][] = [
  ['protocol/ok.ts', `import 'zod/mini'; export const ok = 1; export type Ok = 1;`],
  ['client/ok.ts', `import type { Ok } from '#protocol/ok.ts'; export const one: Ok = 1;`],
  ['widget/ok.ts', `import 'preact'; import { one } from '#client/ok.ts'; one;`],
  ['widget/chat/ok.css', 'p {\n  margin-inline-start: 1px;\n  border-inline: 0;\n}'],
  ['console/main.ts', `import 'react'; import { one } from '#client/ok.ts'; one;`],
  ['server/main.ts', `import './features/one/ok.ts'; import './unscoped/ok.ts'; import 'zod';`],
  ['server/unscoped/ok.ts', `import '../core/ok.ts'; await database.unscoped.query(sql);`],
  ['server/core/ok.ts', ''],
  [
    'server/core/ok.test.ts',
    `import '../main.ts'; import './ok.ts'; import '#client/ok.ts'; import 'fast-check';`,
  ],
  ['server/core/c.ts', `import './b.ts';`],
  ['server/core/d.test.ts', ''],
  ['server/features/one/ok.ts', `import './store.ts'; import '../two/ok.ts'; import '../../unscoped/ok.ts';`],
  ['server/features/one/store.ts', `import '../../core/ok.ts';`],
  ['server/features/two/ok.ts', ''],
  ['server/features/two/store.ts', ''],
  ['tools/a.ts', `import '../server/main.ts';`],
];

function assertNone(broken: string[]): void {
  assert.ok(broken.length === 0, `\n${broken.join('\n')}\n`);
}

describe('the tree', () => {
  test('keeps its import rules', async () => {
    const { totalCruised, violations } = await cruise(home);
    assert.ok(totalCruised > modulesReadAtLeast, `only ${totalCruised} modules were read`);
    assertNone(violations.map(({ rule, from, to }) => `${rule.name}: ${from} -> ${to}`));
  });

  test('keeps its source rules', async () => {
    assertNone(await brokenSourceRules(home));
  });
});

describe('a tree that breaks every rule once', () => {
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'foyer-architecture-'));
    for (const file of ['package.json', 'tsconfig.base.json']) await cp(join(home, file), join(folder, file));
    await symlink(join(home, 'node_modules'), join(folder, 'node_modules'));
    const files = [...innocent, ...Object.values(importControls), ...Object.values(sourceControls)];
    for (const [file, text] of files) {
      await mkdir(dirname(join(folder, file)), { recursive: true });
      await writeFile(join(folder, file), `${text}\nexport {};\n`);
    }
  });
  after(() => rm(folder, { recursive: true, force: true }));

  test('is caught by each import rule, and no innocent file is', async () => {
    const { violations, ruleSetUsed } = await cruise(folder);
    const caught = new Set(violations.map(({ rule, from }) => `${rule.name}: ${from}`));
    const rules = ruleSetUsed?.forbidden?.map(({ name }) => name ?? 'without a name') ?? [];
    const expected = rules.map((name) => `${name}: ${importControls[name]?.[0] ?? 'has no control'}`);
    caught.delete('no-cycles: server/core/c.ts'); // the other end of the same cycle
    assert.deepEqual([...caught].sort(), expected.sort());
  });

  test('is caught by each source rule, and no innocent file is', async () => {
    const caught = (await brokenSourceRules(folder)).map((line) => line.replace(/:\d+$/, ''));
    const expected = sourceRules.map(
      ({ name }) => `${name}: ${sourceControls[name]?.[0] ?? 'has no control'}`,
    );
    assert.deepEqual(caught.sort(), expected.sort());
  });
});
