import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { createLogger } from './core/logger.ts';
import { startServer } from './start.ts';
import { testDatabase, type TestDatabase, type TestServer } from './test/database.ts';
import { makeAccount } from './test/factories.ts';
import { call, Line, speakerOf, type Speaker } from './test/speakers.ts';

/** A way to the database that can be cut: what an outage looks like to the server. */
class Wire {
  readonly #open = new Set<Socket>();
  readonly #server = createServer((near) => {
    if (this.cut) return void near.destroy();
    const far = connect(this.#target);
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#open.add(one);
      one.on('error', () => undefined);
      one.on('close', () => (other.destroy(), this.#open.delete(one)));
      one.pipe(other);
    }
  });
  readonly #target: string;
  cut = false;

  constructor(target: string) {
    this.#target = target;
  }

  listen = (path: string) => new Promise<void>((resolve) => this.#server.listen(path, resolve));
  break(): void {
    this.cut = true;
    for (const socket of this.#open) socket.destroy();
  }
  close(): void {
    this.break();
    this.#server.close();
  }
}

let database: TestDatabase;
let folder: string;
let wire: Wire;
let server: TestServer;
let operator: Speaker;

before(async () => {
  database = await testDatabase();
  folder = await mkdtemp(join(tmpdir(), 'foyer-wire-'));
  const url = new URL(database.url);
  const [host, port] = [
    url.searchParams.get('host') ?? url.hostname,
    url.searchParams.get('port') ?? (url.port || '5432'),
  ];
  wire = new Wire(join(host, `.s.PGSQL.${port}`));
  await wire.listen(join(folder, `.s.PGSQL.${port}`));
  url.searchParams.set('host', folder);
  const config = {
    ...database.context.config,
    console: { port: 0, url: 'http://console.example' },
    chat: { port: 0, url: 'http://chat.example' },
    metrics: { port: 0, bind: '127.0.0.1' },
  };
  const started = await startServer(
    config,
    'a secret for tests that is long enough',
    { connectionString: url.href },
    createLogger('silent'),
  );
  server = {
    ...started,
    url: { console: config.console.url, chat: config.chat.url },
    database: url.href,
    [Symbol.asyncDispose]: started.stop,
  };
  operator = await speakerOf(server.context, (await makeAccount(server.context)).administrator);
});
after(async () => {
  wire.cut = false;
  await server.stop();
  wire.close();
  await database[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

const get = (path: string, headers: Record<string, string> = {}) =>
  call(server, 'console', 'GET', path, { headers });

test('while the database is away the server lives, says that it is not ready, and asks people to come back; then it goes on', async () => {
  assert.deepEqual([(await get('/healthz')).status, (await get('/readyz')).status], [200, 200]);
  const line = await Line.open(server, operator);
  wire.break();
  const since = performance.now();
  const [health, ready, account] = await Promise.all([
    get('/healthz'),
    get('/readyz'),
    get('/v1/account', operator.headers),
  ]);
  assert.deepEqual([health.status, health.json], [200, { ok: true }]);
  assert.deepEqual([ready.status, ready.json], [503, { ready: false }]);
  const problem = account.json as { code: string; after: number };
  assert.deepEqual(
    [account.status, problem.code, problem.after, account.headers.get('retry-after')],
    [503, 'unavailable', 1, '1'],
  );
  const refused = await line.command({ type: 'status.set', status: 'away' });
  assert.ok(
    refused.type === 'refused' && refused.code === 'unavailable' && refused.after === 1,
    JSON.stringify(refused),
  );
  assert.ok(performance.now() - since < 3000);
  wire.cut = false;
  assert.equal((await get('/readyz')).status, 200);
  assert.equal((await get('/v1/account', operator.headers)).status, 200);
  assert.equal(
    (await line.command({ type: 'status.set', status: 'away' })).type,
    'done',
    'the same line goes on',
  );
  await line.close();
});

test('the metrics name paths as they are declared and never what people put in their place', async () => {
  const visitorId = crypto.randomUUID();
  await get(`/v1/visitors/${visitorId}`, operator.headers);
  const answer = await fetch(`http://127.0.0.1:${server.ports.metrics}/metrics`);
  const text = await answer.text();
  assert.match(answer.headers.get('content-type') ?? '', /^text\/plain/);
  assert.match(
    text,
    /foyer_http_request_seconds_count\{listener="console",path="\/v1\/visitors\/:visitorId",status="404"\} 1/,
  );
  assert.match(text, /foyer_connections\{kind="console"\}/);
  assert.match(text, /foyer_refusals_total\{code="unavailable"\} 1/);
  assert.ok(!text.includes(visitorId));
  for (const path of ['/', '/healthz', '/v1/account'])
    assert.equal((await fetch(`http://127.0.0.1:${server.ports.metrics}${path}`)).status, 404);
});

test('people who reach the console or the chat are shown no metrics', async () => {
  // On the console every unknown address is a screen.
  const { type, text } = await get('/metrics');
  assert.ok(type.startsWith('text/html') && !text.includes('foyer_'));
  for (const path of ['/metrics', '/healthz', '/readyz'])
    assert.equal((await call(server, 'chat', 'GET', path)).status, 404, `${path} on the chat`);
});
