import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { polyglots } from '../../server/test/polyglots.ts';
import { returnPath } from './return-path.ts';

const origin = 'https://foyer.example';

before(() => Object.assign(globalThis, { location: { origin } }));
after(() => Reflect.deleteProperty(globalThis, 'location'));

test('A12: the place to go back to is a path of this site', () => {
  for (const path of ['/', '/settings/sounds', '/?list=mine&chat=1#end'])
    assert.equal(returnPath(path), path);
  for (const elsewhere of [
    undefined,
    '',
    '//evil.test',
    '/\\evil.test',
    'https:evil.test',
    'https://evil.test',
  ])
    assert.equal(returnPath(elsewhere), '/');
});

test('A12: whatever is asked for, a browser stays on this host', () => {
  const heads = [
    '',
    '/',
    '//',
    '/\\',
    '\\/',
    '/\t/',
    '/\n\\',
    ' //',
    '\u0000//',
    '/%2f',
    'https:',
    '/.//',
    '/x/..//',
  ];
  for (const head of heads)
    for (const tail of ['evil.test', '@evil.test', ...polyglots]) {
      const path = returnPath(head + tail);
      assert.match(path, /^\/(?![/\\])/, JSON.stringify(head + tail));
      assert.equal(new URL(path, `${origin}/sign-in`).origin, origin, JSON.stringify(head + tail));
    }
});
