import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Routing } from '#protocol/routing.ts';
import { countDestinations, leftWithNone } from './count-destinations.ts';

const [en, fr] = [
  { language: 'en', departmentId: null },
  { language: 'fr', departmentId: null },
];
const routing = {
  destinations: { both: [en, fr], french: [fr], english: [en], none: [] },
} as Partial<Routing> as Routing;
const french = ({ language }: { language: string }) => language === 'fr';

test('OP-11: counts what goes, and names who serves every language only then', () => {
  assert.deepEqual(countDestinations(routing, french), { count: 2, operators: 2 });
  assert.deepEqual(leftWithNone(routing, french), ['french']);
});
