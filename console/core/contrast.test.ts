import assert from 'node:assert/strict';
import { test } from 'node:test';
import { contrast, textOn } from './contrast.ts';

test('computes the contrast of WCAG 2', () => {
  assert.equal(contrast('#000000', '#ffffff'), 21);
  assert.equal(contrast('#777777', '#ffffff').toFixed(2), '4.48');
  assert.equal(textOn('#ffe600').text, '#000000');
  assert.equal(textOn('#3c56ba').text, '#ffffff');
});
