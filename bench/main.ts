/** `npm run bench [-- --json]`: Foyer beside a bare relay, in the same run on the same PostgreSQL. Prints, never judges. */
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { databaseUrl, startTestPostgres } from '../server/test/postgres.ts';
import { startFoyer } from './foyer-target.ts';
import { startRelay } from './relay-target.ts';
import type { Target } from './target.ts';

const WARM_MS = 2000;
const MEASURE_MS = 6000;
const IDLE = 5000;

type Start = (url: string) => Promise<Target>;

/** Closed loop: in every chat the next message goes out when the last one is acknowledged. Acknowledged a second. */
async function throughput(start: Start, url: string, chats: number): Promise<number> {
  const target = await start(url);
  let acknowledged = 0;
  const next = new Map<string, () => void>();
  const opened = await target.open(chats, {
    acknowledged: (ref) => {
      acknowledged += 1;
      next.get(ref)?.();
      next.delete(ref);
    },
    delivered: () => undefined,
  });
  let running = true;
  for (const chat of opened) {
    const again = () => {
      if (!running) return;
      const ref = randomUUID();
      next.set(ref, again);
      chat.send(ref);
    };
    again();
  }
  await wait(WARM_MS);
  const [from, begun] = [acknowledged, performance.now()];
  await wait(MEASURE_MS);
  const rate = ((acknowledged - from) / (performance.now() - begun)) * 1000;
  running = false;
  await target.stop();
  return rate;
}

/** Open loop at `rate` a second over `chats` chats: ms from sending to the other side's receiving. */
async function latency(
  start: Start,
  url: string,
  chats: number,
  rate: number,
): Promise<{ p50: number; p99: number }> {
  const target = await start(url);
  const sent = new Map<string, number>();
  const times: number[] = [];
  let measuring = false;
  const opened = await target.open(chats, {
    acknowledged: () => undefined,
    delivered: (ref) => {
      const at = sent.get(ref);
      sent.delete(ref);
      if (at !== undefined && measuring) times.push(performance.now() - at);
    },
  });
  const begun = performance.now();
  let count = 0;
  while (performance.now() - begun < WARM_MS + MEASURE_MS) {
    measuring = performance.now() - begun > WARM_MS;
    const due = Math.floor(((performance.now() - begun) / 1000) * rate);
    for (; count < due; count += 1) {
      const ref = randomUUID();
      sent.set(ref, performance.now());
      opened[count % opened.length]?.send(ref);
    }
    await wait(2);
  }
  await wait(500);
  await target.stop();
  times.sort((a, b) => a - b);
  const at = (share: number) => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? NaN;
  return { p50: at(0.5), p99: at(0.99) };
}

/** Resident bytes that one idle visitor adds. */
async function memory(start: Start, url: string): Promise<number> {
  const target = await start(url);
  const warm = 200;
  for (let index = 0; index < warm; index += 1) await target.idle(index);
  await wait(1000);
  const before = await target.usage();
  for (let index = warm; index < IDLE; index += 50) {
    await Promise.all(Array.from({ length: 50 }, (_, more) => target.idle(index + more)));
  }
  await wait(3000);
  const after = await target.usage();
  await target.stop();
  return (after.rss - before.rss) / (IDLE - warm);
}

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function both<T>(
  server: string,
  measure: (start: Start, url: string) => Promise<T>,
): Promise<{ reference: T; foyer: T }> {
  return {
    reference: await measure(startRelay, await freshDatabase(server)),
    foyer: await measure(startFoyer, await freshDatabase(server)),
  };
}

async function freshDatabase(server: string): Promise<string> {
  const name = `bench_${randomUUID().replaceAll('-', '')}`;
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  await client.query(`create database ${name}`);
  await client.end();
  return databaseUrl(server, name);
}

const postgres = await startTestPostgres();
const server = postgres.env['FOYER_TEST_DATABASE_URL'] ?? '';
const say = (line: string) => process.stdout.write(`${line}\n`);
const row = (name: string, reference: number, foyer: number, unit: string, digits = 0) =>
  say(
    `${name.padEnd(34)} ${reference.toFixed(digits).padStart(9)} ${foyer.toFixed(digits).padStart(9)} ${unit.padEnd(6)} x ${(foyer / reference).toFixed(2)}`,
  );

say(`${''.padEnd(34)} reference     Foyer`);
const at200 = await both(server, (start, url) => throughput(start, url, 200));
row('durable messages, 200 chats', at200.reference, at200.foyer, '/s');
const at1000 = await both(server, (start, url) => throughput(start, url, 1000));
row('durable messages, 1000 chats', at1000.reference, at1000.foyer, '/s');
const late = await both(server, (start, url) => latency(start, url, 1000, 1000));
row('delivery p50 at 1000/s', late.reference.p50, late.foyer.p50, 'ms', 1);
row('delivery p99 at 1000/s', late.reference.p99, late.foyer.p99, 'ms', 1);
const idle = await both(server, memory);
row(`memory an idle visitor, ${IDLE}`, idle.reference / 1024, idle.foyer / 1024, 'kB', 1);
await postgres.stop();

if (process.argv.includes('--json')) {
  const ratios = {
    throughput200: at200.foyer / at200.reference,
    throughput1000: at1000.foyer / at1000.reference,
    deliveryP50: late.foyer.p50 / late.reference.p50,
    deliveryP99: late.foyer.p99 / late.reference.p99,
    memoryPerIdle: idle.foyer / idle.reference,
  };
  say(JSON.stringify({ ratios, at200, at1000, late, idle }));
}
process.exit(0);
