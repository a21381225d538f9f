import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { polyglots } from '../server/test/polyglots.ts';
import { linkify } from './linkify.ts';

const links = (text: string) =>
  linkify(text).flatMap((piece) => (piece.href === undefined ? [] : [piece.href]));

test('finds what people mean by a link', () => {
  assert.deepEqual(links('see https://a.example/x?y=1#z.'), ['https://a.example/x?y=1#z']);
  assert.deepEqual(links('(www.a.example)'), ['https://www.a.example/']);
  assert.deepEqual(links('https://en.wikipedia.org/wiki/Foyer_(disambiguation)'), [
    'https://en.wikipedia.org/wiki/Foyer_(disambiguation)',
  ]);
  assert.deepEqual(links('write to anna@shop.example, please'), ['mailto:anna@shop.example']);
  assert.deepEqual(links('<a href="https://a.example">'), ['https://a.example/']);
});

test('A2: leaves alone what could mislead or run', () => {
  for (const text of [
    'javascript:alert(1)',
    'https://bank.example@evil.example/',
    'data:text/html,x',
    'a@b',
    'http://',
  ])
    assert.deepEqual(links(text), [], text);
});

const fragments = fc.constantFrom(
  'http://',
  'https://',
  'www.',
  '@',
  '.',
  ')',
  '(',
  '<',
  '"',
  ' ',
  '\n',
  'a',
  'é',
  '😀',
  ':',
);
const texts = fc.oneof(
  fc.string(),
  fc.array(fragments, { maxLength: 60 }).map((all) => all.join('')),
);

test('A2: loses and adds no character, and links only to the web or mail', () => {
  fc.assert(
    fc.property(texts, (text) => {
      const pieces = linkify(text);
      assert.equal(pieces.map((piece) => piece.text).join(''), text);
      for (const { text: shown, href } of pieces) {
        assert.notEqual(shown, '');
        if (href !== undefined) assert.match(href, /^(?:https?:\/\/|mailto:)/);
      }
    }),
    { numRuns: 2000 },
  );
});

test('A2: an address cannot smuggle in a copy or a subject', () => {
  const [piece] = linkify('a?bcc=x&subject=y@evil.example');
  assert.equal(piece?.href, 'mailto:a%3Fbcc%3Dx%26subject%3Dy@evil.example');
  assert.deepEqual(links('\ud800@shop.example'), []);
});

test('A2: whatever visitors write, a link goes to the web or to mail, and hides nobody', () => {
  for (const payload of polyglots) {
    const pieces = linkify(`see ${payload} or http://${payload}`);
    assert.equal(pieces.map(({ text }) => text).join(''), `see ${payload} or http://${payload}`);
    for (const { href } of pieces) {
      if (href === undefined) continue;
      const { protocol, username, password } = new URL(href);
      assert.ok(['http:', 'https:', 'mailto:'].includes(protocol), href);
      assert.equal(username + password, '', href);
      assert.doesNotMatch(href, /["<>\s]/);
    }
  }
});

// Anything worse than linear does not come back within the limit.
test('A11: takes linear time on texts made to hurt', { timeout: 30_000 }, () => {
  for (const unit of ['http://', 'www.', '(', ')', '@', 'a.', 'a@a.', 'http://a ', '.)', '"']) {
    linkify(unit.repeat(400_000 / unit.length));
  }
});
