import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { home } from '../tools/run.ts';
import { recipes } from './recipes.ts';

test('every control fits the tree, each patch in exactly one place', () => {
  for (const { id, control } of recipes) {
    assert.ok(control.patches.length > 0, `${id} has no control`);
    for (const { file, find } of control.patches) {
      const places = readFileSync(join(home, file), 'utf8').split(find).length - 1;
      assert.equal(places, 1, `${id}: "${control.says}" fits ${places} places of ${file}`);
    }
  }
});

test('recipes have names of their own', () => {
  const ids = recipes.map(({ id }) => id);
  assert.deepEqual(ids, [...new Set(ids)]);
});
