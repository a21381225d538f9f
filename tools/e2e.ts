import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { needPackages } from './apt.ts';
import { buildStep } from './build.ts';
import { home, packageCommand, run, runAsProgram, type Outcome } from './run.ts';

const packages = [
  'chromium',
  'chromium-headless-shell',
  'fonts-liberation',
  'fonts-noto-color-emoji',
  'openssl',
];
const report = join(home, 'e2e/.report/results.json');

type Report = { stats: { expected: number; unexpected: number; flaky: number }; errors: unknown[] };

async function countReport(): Promise<Outcome> {
  if (!existsSync(report)) return { passed: 0, failed: 1 };
  const { stats, errors } = JSON.parse(await readFile(report, 'utf8')) as Report;
  return { passed: stats.expected + stats.flaky, failed: stats.unexpected + errors.length };
}

/** Runs the tests that act like a person in a browser; `args` go to Playwright. */
export async function e2e(args: string[]): Promise<Outcome> {
  if (process.env['CHROMIUM_PATH'] === undefined) await needPackages(packages);
  await buildStep({ ifStale: true });
  await rm(report, { force: true });
  const command = packageCommand('playwright', 'test', '-c', 'e2e/playwright.config.ts', ...args);
  const { code } = await run(process.execPath, command, {
    output: 'show',
    env: { PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD: '1' },
  });
  const outcome = await countReport();
  return code !== 0 && outcome.failed === 0 ? { ...outcome, failed: 1 } : outcome;
}

if (import.meta.main) await runAsProgram(() => e2e(process.argv.slice(2)));
