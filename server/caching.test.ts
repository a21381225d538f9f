import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { after, before, test } from 'node:test';
import type { Route } from './core/http/route.ts';
import { allRoutes } from './features.ts';
import { testServer, type TestServer } from './test/database.ts';
import { call, type Speaker } from './test/speakers.ts';
import { makeWorld, type World } from './test/world.ts';

/** What may be kept, by whom and for how long. Whatever is not named here is `no-store`. */
const kept: Record<string, string> = {
  // The same for everybody who has the key, and asked for by every page of a customer.
  'GET /w/:file': 'public, max-age=300, stale-while-revalidate=86400',
};
const forEver = 'public, max-age=31536000, immutable';

let server: TestServer;
let a: World;
let b: World;
let reads: Route[];

before(async () => {
  server = await testServer();
  [a, b] = [await makeWorld(server.context, 'canary-a'), await makeWorld(server.context, 'canary-b')];
  reads = (await allRoutes(server.context)).filter(({ method }) => method === 'GET');
});
after(() => server[Symbol.asyncDispose]());

type Listener = 'console' | 'chat';
const listenerOf = ({ on }: Route): Listener => (on === 'chat' ? 'chat' : 'console');

/** The address as somebody of this world asks for it. */
function addressOf({ path }: Route, { ids }: World): string {
  const named: Record<string, string> = { ...ids, file: `${ids.key}.js` };
  const filled = path.replace(/:(\w+)/g, (_, name: string) => named[name] ?? 'nothing');
  return path.endsWith('/entries') ? `${filled}?before=9` : filled;
}

/** Who may read it; for what is public, anybody who has signed in. */
const readerOf = ({ who, on }: Route, world: World): Speaker =>
  who === 'visitor' || on === 'chat' ? world.visitor : world.administrator;

const controlOf = (headers: Headers): string => headers.get('cache-control') ?? '';

/** A shared cache that keeps what it may keep (RFC 9111), by address and by what `Vary` names; for tests of our headers. */
class SharedCache {
  readonly #kept = new Map<string, { vary: string[]; asked: Record<string, string>; text: string }[]>();

  async get(
    on: Listener,
    path: string,
    headers: Record<string, string>,
  ): Promise<{ text: string; hit: boolean; status: number }> {
    const address = `${on} ${path}`;
    const same = this.#kept
      .get(address)
      ?.find(({ vary, asked }) => vary.every((name) => (asked[name] ?? '') === (headers[name] ?? '')));
    if (same) return { text: same.text, hit: true, status: 200 };
    const answer = await call(server, on, 'GET', path, { headers });
    const control = controlOf(answer.headers);
    const vary = (answer.headers.get('vary') ?? '').toLowerCase().split(/,\s*/).filter(Boolean);
    const open = /public|s-maxage/.test(control) || headers['authorization'] === undefined;
    const mayKeep = !/no-store|no-cache|private/.test(control) && open && !vary.includes('*');
    if (mayKeep && answer.status === 200) {
      const others = this.#kept.get(address) ?? [];
      this.#kept.set(address, [...others, { vary, asked: headers, text: answer.text }]);
    }
    return { text: answer.text, hit: false, status: answer.status };
  }
}

test('F4: every route says who may keep its answer, and hardly any may be kept', async () => {
  const found: Record<string, string> = {};
  for (const route of reads) {
    const answer = await call(server, listenerOf(route), 'GET', addressOf(route, a), {
      headers: readerOf(route, a).headers,
    });
    assert.equal(answer.status, 200, `${route.path}: ${answer.text}`);
    const control = controlOf(answer.headers);
    if (control !== 'no-store') found[`GET ${route.path}`] = control;
  }
  assert.deepEqual(found, kept);
});

test('F4: pages are asked for again, files with a hash in their name never', async () => {
  const script = readdirSync(new URL('../dist/console/assets/', import.meta.url)).find((name) =>
    name.endsWith('.js'),
  );
  const chat = readdirSync(new URL('../dist/widget/assets/', import.meta.url)).find((name) =>
    name.endsWith('.js'),
  );
  for (const [on, path, control] of [
    ['console', '/', 'no-cache'],
    ['console', '/settings/account', 'no-cache'],
    ['console', `/assets/${script}`, forEver],
    ['chat', `/assets/${chat}`, forEver],
    ['console', '/v1/nothing', 'no-store'],
    ['chat', '/nothing', 'no-store'],
  ] as const) {
    const { headers } = await call(server, on, 'GET', path);
    assert.equal(controlOf(headers), control, path);
  }
});

test('F4: through a cache in between nobody reads what another account has asked for', async () => {
  const cache = new SharedCache();
  const hits: string[] = [];
  for (const route of reads) {
    // Both ask for the address of A, and for what has no name in it at all.
    const path = addressOf(route, a);
    const on = listenerOf(route);
    const own = await cache.get(on, path, readerOf(route, a).headers);
    const foreign = await cache.get(on, path, readerOf(route, b).headers);
    const truth = await call(server, on, 'GET', path, { headers: readerOf(route, b).headers });
    assert.deepEqual([foreign.status, foreign.text], [truth.status, truth.text], path);
    if (foreign.hit) hits.push(`GET ${route.path}`);
    if (own.status === 200 && route.who !== 'public') assert.ok(!truth.text.includes(a.canary), path);
  }
  // The cache does keep what may be kept.
  assert.deepEqual(hits, Object.keys(kept));
});
