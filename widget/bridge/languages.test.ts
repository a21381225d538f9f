import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chooseLanguage } from './languages.ts';

test('takes the first language that is spoken here', () => {
  assert.equal(chooseLanguage(['', 'pt-BR', 'en']), 'pt');
  assert.equal(chooseLanguage(['ja', 'xx-YY', 'DE-at']), 'de');
  assert.equal(chooseLanguage(['iw-IL']), 'he');
});

test('speaks English when nothing fits', () => {
  assert.equal(chooseLanguage(['ja', '__proto__', 'constructor']), 'en');
});
