import { globSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startTestPostgres } from '../server/test/postgres.ts';
import { needPackages } from './apt.ts';
import { home, run, runAsProgram, type Outcome } from './run.ts';

// Much of a test is waiting for a database or a line.
const atOnce = 3;
// ms; above it something hangs. Who asks for more runs of the property tests knows that they take their time.
const longestTest = process.env['FOYER_RUNS'] === undefined ? 120_000 : 24 * 3_600_000;

function testFiles(filters: string[]): string[] {
  const files = globSync('{protocol,client,sip,server,widget,console,faults,tools}/**/*.test.ts', {
    cwd: home,
  });
  return files
    .filter((file) => filters.length === 0 || filters.some((filter) => file.startsWith(filter)))
    .sort();
}

const isThere = (command: string): Promise<boolean> =>
  run(command, ['--version'], { output: 'keep' }).then(
    ({ code }) => code === 0,
    () => false,
  );

/** Of one that failed; a property test may tell its whole script. */
const mostLines = 80;

/** What a TAP file says of each test that failed, without those that failed because one inside them did. */
function failuresIn(tap: string): string[] {
  return [...tap.matchAll(/^( *)not ok \d+ - .*\n\1  ---\n[^]*?^\1  \.\.\.$/gm)]
    .map(([text]) => text)
    .filter((text) => !text.includes("failureType: 'subtestsFailed'"))
    .map((text) => text.split('\n').slice(0, mostLines).join('\n').trim());
}

/** Reads the counts at the end of a TAP file; a run that wrote none crashed, which is one failure. */
function countTap(tap: string): Outcome {
  const count = (word: string): number => Number(new RegExp(`^# ${word} (\\d+)$`, 'm').exec(tap)?.[1] ?? 0);
  const failed = count('fail') + count('cancelled');
  const outcome = { passed: count('pass'), failed, why: failuresIn(tap) };
  return outcome.passed + outcome.failed === 0 ? { passed: 0, failed: 1 } : outcome;
}

/**
 * Runs the tests that stand beside the code, against one PostgreSQL for all of them: the one
 * FOYER_TEST_DATABASE_URL names, or a fresh one. Filters are beginnings of paths: `server/core`.
 */
export async function testUnit(filters: string[]): Promise<Outcome> {
  const files = testFiles(filters);
  if (files.length === 0) {
    throw new Error(`No test file begins with ${filters.join(' or ')}.`);
  }
  // Several servers are tried with a real broker.
  if (files.some((file) => file.startsWith('server/')) && !(await isThere('nats-server')))
    await needPackages(['nats-server']);
  const scratch = await mkdtemp(join(tmpdir(), 'foyer-unit-'));
  const tap = join(scratch, 'tap');
  const postgres = await startTestPostgres();
  // The runner is in our process group and ends by itself; we stay to stop PostgreSQL.
  const stay = (): void => {};
  process.on('SIGINT', stay);
  try {
    const reporters = [filters.length === 0 ? 'dot' : 'spec', 'tap'].map((name) => `--test-reporter=${name}`);
    const destinations = ['stdout', tap].map((place) => `--test-reporter-destination=${place}`);
    // A test that is out of time may leave its file running for ever, so a file ends with its last test.
    const limits = [`--test-concurrency=${atOnce}`, `--test-timeout=${longestTest}`, '--test-force-exit'];
    const { code } = await run(
      process.execPath,
      ['--test', ...limits, ...reporters, ...destinations, ...files],
      {
        output: 'show',
        // Every file is a process of its own: what one has compiled the next ones load.
        env: { ...postgres.env, NODE_COMPILE_CACHE: join(scratch, 'compiled') },
      },
    );
    const outcome = countTap(await readFile(tap, 'utf8').catch(() => ''));
    return code !== 0 && outcome.failed === 0 ? { ...outcome, failed: 1 } : outcome;
  } finally {
    process.off('SIGINT', stay);
    await postgres.stop();
    await rm(scratch, { recursive: true, force: true });
  }
}

if (import.meta.main) {
  await runAsProgram(async () => {
    const outcome = await testUnit(process.argv.slice(2));
    console.log(`${outcome.passed} passed, ${outcome.failed} failed`);
    return outcome;
  });
}
