/**
 * Foyer beside a bare relay, in the same run on the same PostgreSQL. Prints, never judges.
 *
 *     npm run bench               the table
 *     npm run bench -- --json     and one JSON object on the last line
 *     npm run bench -- --growth   how Foyer alone changes as its data grows
 */
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { databaseUrl, startTestPostgres } from '../server/test/postgres.ts';
import { startFoyer } from './foyer-target.ts';
import { growth } from './growth.ts';
import { IDLE, latency, memory, storm, STORM, throughput } from './measures.ts';
import { startRelay } from './relay-target.ts';
import { startUp } from './start-up.ts';
import type { Start } from './target.ts';

const say = (line: string) => process.stdout.write(`${line}\n`);
const postgres = await startTestPostgres();
const server = postgres.env['FOYER_TEST_DATABASE_URL'] ?? '';
if (process.argv.includes('--growth')) await growth(freshDatabase, say);
else await compare();
await postgres.stop();
process.exit(0);

async function compare(): Promise<void> {
  say(`${''.padEnd(34)} reference     Foyer`);
  const at200 = await both((start, url) => throughput(start, url, 200));
  row('durable messages, 200 chats', at200.reference.rate, at200.foyer.rate, '/s');
  const at1000 = await both((start, url) => throughput(start, url, 1000));
  row('durable messages, 1000 chats', at1000.reference.rate, at1000.foyer.rate, '/s');
  for (const who of ['server', 'postgres', 'load'] as const)
    row(`  CPU a message: ${who}`, at1000.reference.cpu[who], at1000.foyer.cpu[who], 'us');
  const late = await both((start, url) => latency(start, url, 1000, 1000));
  row('delivery p50 at 1000/s', late.reference.p50, late.foyer.p50, 'ms', 1);
  row('delivery p99 at 1000/s', late.reference.p99, late.foyer.p99, 'ms', 1);
  const idle = await both(memory);
  row(`memory an idle visitor, ${IDLE}`, idle.reference / 1024, idle.foyer / 1024, 'kB', 1);
  const stormed = await both(storm);
  row(`kill -9, ${STORM} chats all back`, stormed.reference, stormed.foyer, 'ms');
  const started = await startUp();
  say(
    `${'start, first / again'.padEnd(34)} ${''.padStart(9)} ${started.cold.toFixed(0)} / ${started.warm.toFixed(0)} ms`,
  );
  if (!process.argv.includes('--json')) return;
  const ratios = {
    throughput200: at200.foyer.rate / at200.reference.rate,
    throughput1000: at1000.foyer.rate / at1000.reference.rate,
    deliveryP50: late.foyer.p50 / late.reference.p50,
    deliveryP99: late.foyer.p99 / late.reference.p99,
    memoryPerIdle: idle.foyer / idle.reference,
  };
  say(JSON.stringify({ ratios, at200, at1000, late, idle, storm: stormed, start: started }));
}

async function both<T>(
  measure: (start: Start, url: string) => Promise<T>,
): Promise<{ reference: T; foyer: T }> {
  return {
    reference: await measure(startRelay, await freshDatabase()),
    foyer: await measure(startFoyer, await freshDatabase()),
  };
}

function row(name: string, reference: number, foyer: number, unit: string, digits = 0): void {
  const figures = [reference, foyer].map((figure) => figure.toFixed(digits).padStart(9)).join(' ');
  say(`${name.padEnd(34)} ${figures} ${unit.padEnd(6)} x ${(foyer / reference).toFixed(2)}`);
}

async function freshDatabase(): Promise<string> {
  const name = `bench_${randomUUID().replaceAll('-', '')}`;
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  await client.query(`create database ${name}`);
  await client.end();
  return databaseUrl(server, name);
}
