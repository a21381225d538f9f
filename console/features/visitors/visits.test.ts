import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SiteVisit } from '#protocol/visitors.ts';
import { found, referrerHost, shortAddress } from './visits.ts';

const visit = (id: string, since: string, news: Partial<SiteVisit> = {}): [string, SiteVisit] => [
  id,
  {
    id,
    visitor: null,
    conversation: null,
    pages: [{ url: 'https://shop.example/shoes', title: 'Red shoes', at: since }],
    visited: 1,
    referrer: null,
    browser: null,
    language: 'en',
    since,
    invitation: null,
    ...news,
  },
];

test('OC-11: the newest visitor is first, a search takes every word wherever it stands', () => {
  const visits = new Map([
    visit('old', '2026-01-01T00:00:00.000Z', { visitor: { id: 'v', name: 'Maria', email: null } }),
    visit('new', '2026-01-02T00:00:00.000Z', { referrer: 'https://search.example/' }),
  ]);
  const ids = (search: string) => found(visits, search).map(({ id }) => id);
  assert.deepEqual(ids(''), ['new', 'old']);
  assert.deepEqual(ids(' SHOES  maria'), ['old']);
  assert.deepEqual(ids('search.example red'), ['new']);
  assert.deepEqual(ids('nobody'), []);
});

test('OC-11: addresses are short, and what is none stays as it is', () => {
  assert.equal(shortAddress('https://shop.example/a/b?c#d'), 'shop.example/a/b');
  assert.equal(shortAddress('https://shop.example/'), 'shop.example');
  assert.equal(shortAddress('nonsense'), 'nonsense');
  assert.equal(referrerHost('https://search.example/?q=1'), 'search.example');
  assert.equal(referrerHost(null), null);
});
