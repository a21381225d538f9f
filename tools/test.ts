import { check } from './check.ts';
import { faults } from '../faults/main.ts';
import { e2e } from './e2e.ts';
import { buildStep } from './build.ts';
import { attempt, secondsSince, type Outcome } from './run.ts';
import { size } from './size.ts';
import { testUnit } from './test-unit.ts';

type Step = [name: string, run: () => Promise<Outcome>];

/** One group after the other. What stands in one group waits more than it computes, and runs side by side. */
const groups: Step[][] = [
  [['check', check]],
  [['build', () => buildStep({ ifStale: false })]],
  [['size', size]],
  [
    ['unit', () => testUnit([])],
    ['faults', () => faults(['--short'])],
  ],
  [['e2e', () => e2e([])]],
];

const total = { passed: 0, failed: 0 };
/** Told once more at the end, where nobody has to look for it. */
const failures: string[] = [];

async function run([name, step]: Step): Promise<void> {
  const start = performance.now();
  const { passed, failed, why = [] } = await attempt(step);
  console.log(`\n${name}: ${passed} passed, ${failed} failed in ${secondsSince(start)}`);
  total.passed += passed;
  total.failed += failed;
  failures.push(...why.map((each) => `${name}: ${each}`));
}

for (const group of groups) {
  console.log(`\n## ${group.map(([name]) => name).join(' and ')}`);
  await Promise.all(group.map(run));
}
if (failures.length > 0) console.log(`\n## what failed\n\n${failures.join('\n\n')}`);
console.log(`\n${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed === 0 ? 0 : 1;
