import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { inkOn, luminance } from './contrast.ts';

const colour = fc
  .integer({ min: 0, max: 0xffffff })
  .map((value) => `#${value.toString(16).padStart(6, '0')}`);

test('text on any brand colour has a contrast of at least 4.5 : 1', () => {
  fc.assert(
    fc.property(colour, (brand) => {
      const [light, dark] = [luminance(brand), luminance(inkOn(brand))].sort((a, b) => b - a) as [
        number,
        number,
      ];
      assert.ok((light + 0.05) / (dark + 0.05) >= 4.5, brand);
    }),
    { numRuns: 5000 },
  );
});

test('white is kept where it can be read', () => {
  assert.equal(inkOn('#3c56ba'), '#ffffff');
  assert.equal(inkOn('#f9d616'), '#000000');
});
