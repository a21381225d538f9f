import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { siteVisit, PAGES_LIMIT, VISITS_LIMIT } from '#protocol/visitors.ts';
import { SiteVisits, type Seen } from './site-visits.ts';

function make() {
  const changed: string[] = [];
  const left: string[] = [];
  const forgotten: string[] = [];
  const visits = new SiteVisits({
    owner: randomUUID(),
    mayGrow: () => true,
    changed: ({ visit }, beat) => void (beat || changed.push(visit.id)),
    left: ({ visit }) => void left.push(visit.id),
    forgotten: ({ visit }) => void forgotten.push(visit.id),
  });
  return { visits, changed, left, forgotten };
}

let addresses = 0;

function seen(news: Partial<Seen> = {}): Seen {
  addresses += 1;
  return {
    tab: randomUUID(),
    page: { url: 'https://shop.example/', title: 'Shop' },
    referrer: null,
    language: 'en',
    seconds: 5,
    refuses: false,
    browser: 'Browser',
    who: `who ${addresses}`,
    address: `address ${addresses}`,
    visitor: null,
    conversation: null,
    ...news,
  };
}

const person = (id = randomUUID()) => ({ id, name: null, email: null });

test('OC-11: the next page of the same browser continues the visit, with nothing stored in it', () => {
  const { visits, left } = make();
  const first = seen({ referrer: 'https://search.example/?q=shoes' });
  const { visit } = visits.open(first, 0)!;
  const second = seen({
    who: first.who,
    page: { url: 'https://shop.example/shoes#top', title: 'Shoes' },
    referrer: first.page.url,
    seconds: 0,
  });
  const continued = visits.open(second, 4000)!.visit;
  assert.equal(continued.id, visit.id);
  assert.deepEqual(
    continued.pages.map(({ title }) => title),
    ['Shop', 'Shoes'],
  );
  assert.equal(continued.referrer, 'https://search.example/?q=shoes');
  assert.equal(continued.since, visit.since);
  const third = seen({ who: first.who, referrer: 'https://shop.example/shoes', page: first.page });
  assert.equal(visits.open(third, 5000)!.visit.visited, 3);
  visits.tick(8000);
  assert.deepEqual(left, []);
});

test('OC-11: another browser, and a page that comes from elsewhere, are other visits', () => {
  const { visits } = make();
  const first = seen();
  visits.open(first, 0);
  visits.open(seen({ referrer: first.page.url }), 1);
  visits.open(seen({ who: first.who, referrer: 'https://other.example/' }), 2);
  visits.open(seen({ who: first.who }), 3);
  assert.equal(visits.ids().length, 4);
});

test('OC-11: a visitor who has acted is one visit in all tabs, known at once', () => {
  const { visits } = make();
  const visitor = person();
  const one = seen({ visitor });
  const { visit } = visits.open(one, 0)!;
  assert.ok(visits.knows(one.tab, visitor.id));
  assert.equal(visits.open(seen({ visitor }), 1)!.visit.id, visit.id);
  assert.equal(visits.ofVisitor(visitor.id)?.visit.id, visit.id);
});

test('OC-11: who leaves goes from the list, comes back to the same visit, and is forgotten', async () => {
  const { visits, left, forgotten } = make();
  const page = seen();
  const { visit } = visits.open(page, 0)!;
  visits.tick(5000);
  assert.deepEqual(left, []);
  visits.tick(9000);
  assert.deepEqual(left, [visit.id]);
  assert.equal(visits.get(visit.id), undefined);
  assert.equal(visits.open(page, 20_000)!.visit.id, visit.id);
  assert.ok(visits.get(visit.id));
  visits.tick(29_000);
  visits.tick(51_000);
  assert.deepEqual(forgotten, [visit.id]);
  assert.equal(visits.size, 0);
  assert.deepEqual(left, [visit.id, visit.id]);
});

test('OC-11: a request that waits keeps its page, and its end is a sign of leaving', async () => {
  const { visits, left } = make();
  const page = seen();
  visits.open(page);
  const gone = new AbortController();
  const waiting = visits.waiting(page.tab, 60_000, gone.signal);
  visits.tick(performance.now() + 3_600_000);
  assert.deepEqual(left, []);
  gone.abort();
  await waiting;
  visits.tick(performance.now() + 9000);
  assert.equal(left.length, 1);
});

test('OC-11: floods stay bounded: from one address, in one account, in pages and in letters', () => {
  const { visits } = make();
  const address = 'one address';
  const opened = Array.from({ length: 200 }, () => visits.open(seen({ address })));
  assert.equal(opened.filter((one) => one !== undefined).length, 50);
  for (let count = 0; count < VISITS_LIMIT + 100; count += 1) visits.open(seen());
  assert.equal(visits.size, VISITS_LIMIT);
  const walker = seen({ who: 'walker' });
  const { visits: others } = make();
  for (let count = 0; count < 100; count += 1) {
    const url = `https://shop.example/${count}?${'x'.repeat(2000)}`;
    others.open({ ...walker, page: { url, title: 't'.repeat(300) } });
  }
  const [id = ''] = others.ids();
  const visit = others.get(id)!.visit;
  assert.equal(visit.pages.length, PAGES_LIMIT);
  assert.equal(visit.visited, 100);
  assert.ok(JSON.stringify(visit).length < 8000);
  assert.ok(siteVisit.safeParse(visit).success);
});

test('OC-11: what another process has seen is merged, and its owner alone lets go of it', () => {
  const { visits: there } = make();
  const { visits: here, left, changed } = make();
  const remote = there.open(seen())!;
  here.merge(remote);
  here.merge(remote);
  assert.deepEqual(changed, [remote.visit.id], 'a repeat is no news');
  here.mergeLeft([remote.visit.id], 'somebody else');
  assert.deepEqual(left, []);
  here.mergeLeft([remote.visit.id], remote.owner);
  assert.deepEqual(left, [remote.visit.id]);
});

test('VI-10: a page on which an invitation was dismissed is marked so, also when nobody remembers', () => {
  const { visits } = make();
  assert.equal(visits.open(seen({ refuses: true }))!.visit.invitation?.state, 'dismissed');
});
