import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { page } from '#protocol/entries.ts';
import { toPage } from './page.ts';

test('what the host page says becomes what the server takes, or nothing', () => {
  const seen = fc.record({
    url: fc.oneof(fc.webUrl({ withQueryParameters: true }), fc.string()),
    title: fc.string(),
  });
  fc.assert(
    fc.property(seen, (given) => {
      const made = toPage(given);
      if (made && URL.canParse(given.url)) assert.ok(page.safeParse(made).success, JSON.stringify(given));
    }),
  );
});

test('a long address loses its query, a page without an address is none', () => {
  const url = `https://a.example/b?${'q'.repeat(3000)}`;
  assert.deepEqual(toPage({ url, title: 'x'.repeat(400) }), {
    url: 'https://a.example/b',
    title: 'x'.repeat(300),
  });
  for (const bad of [undefined, 4, {}, { url: 'about:srcdoc', title: '' }, { url: 'javascript:alert(1)' }])
    assert.equal(toPage(bad), null);
});
