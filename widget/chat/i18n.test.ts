import assert from 'node:assert/strict';
import { test } from 'node:test';
import { polyglots } from '../../server/test/polyglots.ts';
import { labels, type Language } from '../bridge/labels.ts';
import { loadTexts, pluralForms, translator, type Key, type Texts } from './i18n.ts';

const languages = Object.keys(labels) as Language[];
const all = new Map<Language, Texts>();
for (const language of languages) all.set(language, await loadTexts(language));
const english = all.get('en') as Texts;
const keys = Object.keys(english) as Key[];

const places = (text: string) => [...new Set(text.match(/\{\w+\}/g))].sort();

for (const [language, texts] of all) {
  test(`${language} has every text, and no other`, () => {
    assert.deepEqual(Object.keys(texts).sort(), [...keys].sort());
    for (const key of keys) assert.notEqual(texts[key].trim(), '', key);
  });

  test(`${language} fills in what English fills in`, () => {
    for (const key of keys) assert.deepEqual(places(texts[key]), places(english[key]), key);
  });

  test(`${language} has a form for each kind of number, and only where there is a number`, () => {
    for (const key of keys) {
      const forms = english[key].includes('{n}') ? pluralForms(language).length : 1;
      assert.equal(texts[key].split('|').length, forms, key);
    }
  });
}

test('every language was truly loaded, not replaced by English', () => {
  for (const [language, texts] of all)
    if (language !== 'en') assert.notEqual(texts.startChat, english.startChat, language);
});

test('numbers choose their form', () => {
  const say = (language: Language, n: number) =>
    translator(language, all.get(language) as Texts)('newMessages', { n });
  assert.equal(say('en', 1), '1 new message');
  assert.equal(say('en', 2), '2 new messages');
  assert.equal(say('pl', 3), '3 nowe wiadomości');
  assert.equal(say('pl', 5), '5 nowych wiadomości');
  assert.equal(say('ar', 2), 'رسالتان جديدتان');
});

test('A3: a value that looks like a place is left alone', () => {
  const t = translator('en', english);
  for (const name of ['{email} $& |', ...polyglots])
    assert.equal(t('joined', { name }), `${name} joined the chat`);
});
