import assert from 'node:assert/strict';
import { test } from 'node:test';
import { servesLanguage } from './match-language.ts';

const table: [served: string, wanted: string, serves: boolean][] = [
  ['de', 'de', true],
  ['de', 'en', false],
  ['pt', 'pt-BR', true],
  ['pt-BR', 'pt', true],
  ['pt-PT', 'pt-BR', false],
  ['PT-br', 'pt-BR', true],
  ['zh-Hant', 'zh-Hant-TW', true],
  ['zh-Hant', 'zh-Hans', false],
  ['en', 'eng-x', false],
  ['es', 'est', false],
  ['he', 'iw', true],
  ['iw', 'he-IL', true],
  ['en-aa-aa-aa', 'en-aa-aa-aa', true],
];

test('OP-11: a language serves its varieties and is served by them, one variety not another', () => {
  for (const [served, wanted, serves] of table)
    assert.equal(servesLanguage(served, wanted), serves, `${served} ${wanted}`);
});
