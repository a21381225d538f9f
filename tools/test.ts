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

const total: Outcome = { passed: 0, failed: 0 };

async function run([name, step]: Step): Promise<void> {
  const start = performance.now();
  const { passed, failed } = await attempt(step);
  console.log(`\n${name}: ${passed} passed, ${failed} failed in ${secondsSince(start)}`);
  total.passed += passed;
  total.failed += failed;
}

for (const group of groups) {
  console.log(`\n## ${group.map(([name]) => name).join(' and ')}`);
  await Promise.all(group.map(run));
}
console.log(`\n${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed === 0 ? 0 : 1;
