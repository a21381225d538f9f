import { check } from './check.ts';
import { faults } from '../faults/main.ts';
import { e2e } from './e2e.ts';
import { buildStep } from './build.ts';
import { attempt, secondsSince, type Outcome } from './run.ts';
import { size } from './size.ts';
import { testUnit } from './test-unit.ts';

const steps: [name: string, step: () => Promise<Outcome>][] = [
  ['check', check],
  ['build', () => buildStep({ ifStale: false })],
  ['size', size],
  ['unit', () => testUnit([])],
  ['faults', () => faults(['--short'])],
  ['e2e', () => e2e([])],
];

const total: Outcome = { passed: 0, failed: 0 };
for (const [name, step] of steps) {
  console.log(`\n## ${name}`);
  const start = performance.now();
  const { passed, failed } = await attempt(step);
  console.log(`${name}: ${passed} passed, ${failed} failed in ${secondsSince(start)}`);
  total.passed += passed;
  total.failed += failed;
}
console.log(`\n${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed === 0 ? 0 : 1;
