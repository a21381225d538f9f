import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { home, packageCommand, run, runAsProgram, secondsSince, type Outcome } from './run.ts';

const atOnce = 2;

type Step = { name: string; args: string[] };

function steps(): Step[] {
  const roots = readdirSync(home).filter((name) => existsSync(join(home, name, 'tsconfig.json')));
  return [
    { name: 'oxlint', args: packageCommand('oxlint', '--type-aware', '--format=unix') },
    { name: 'architecture', args: ['--test', '--test-reporter=dot', 'tools/architecture.test.ts'] },
    { name: 'knip', args: packageCommand('knip', '--no-progress', '--reporter=compact') },
    ...roots.map((root) => ({
      name: `tsc ${root}`,
      args: packageCommand('tsc', '-p', root, '--pretty', 'false'),
    })),
    { name: 'oxfmt', args: packageCommand('oxfmt', '--list-different') },
  ];
}

/** Runs every check, a few at a time; prints a line for each, and what the failed ones said. */
export async function check(): Promise<Outcome> {
  const outcome = { passed: 0, failed: 0 };
  const waiting = steps();
  async function work(): Promise<void> {
    for (let step = waiting.shift(); step !== undefined; step = waiting.shift()) {
      const start = performance.now();
      const { code, output } = await run(process.execPath, step.args, { output: 'keep' });
      outcome[code === 0 ? 'passed' : 'failed'] += 1;
      console.log(`${code === 0 ? 'ok  ' : 'FAIL'} ${step.name} ${secondsSince(start)}`);
      if (code !== 0) console.log(output.trimEnd().replaceAll(/^/gm, '     '));
    }
  }
  await Promise.all(Array.from({ length: atOnce }, work));
  return outcome;
}

if (import.meta.main) await runAsProgram(check);
