import { randomUUID } from 'node:crypto';
import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { uuidv7 } from '#client/ref.ts';
import { startTestPostgres } from '../server/test/postgres.ts';
import { testServer } from '../server/test/database.ts';
import { makeAccount } from '../server/test/factories.ts';
import { Line, speakerOf } from '../server/test/speakers.ts';

const VISITORS = Number(process.argv[2] ?? 5000);
const SECONDS = 50;

/**
 * `node bench/visitors.ts 5000`: so many visitors with a page open, each announcing it as the widget does and moving to
 * another page every 50 s, while two operators look. Server and visitors are one process, so the CPU is of both.
 */
const postgres = await startTestPostgres();
Object.assign(process.env, postgres.env);
const server = await testServer({ FOYER_TRUSTED_PROXIES: '127.0.0.1' });
const account = await makeAccount(server.context);
const usage = () => {
  global.gc?.();
  const { user, system } = process.cpuUsage();
  return {
    heap: process.memoryUsage().heapUsed,
    rss: process.memoryUsage().rss,
    cpu: (user + system) / 1000,
  };
};
const lines = await Promise.all(
  [1, 2].map(async () =>
    Line.open(server, await speakerOf(server.context, await account.addOperator('normal'))),
  ),
);
let frames = 0;
let bytes = 0;
for (const line of lines) {
  line.socket.on('message', (data) => {
    frames += 1;
    bytes += (data as Buffer).length;
    // What was heard is counted, not kept.
    line.heard.length = 0;
  });
  line.send({ type: 'visitors.watch', ref: uuidv7(), on: true });
}
const agent = new Agent({ keepAlive: true, maxSockets: Infinity });
let going = true;

function announce(index: number, tab: string, page: number): Promise<void> {
  const body = JSON.stringify({
    tab,
    page: { url: `https://shop.example/products/${index}/${page}`, title: `Product ${index}, page ${page}` },
    referrer: 'https://search.example/?q=shoes',
    language: 'en-GB',
    seconds: 0,
    shown: null,
    refuses: false,
    wait: 20,
  });
  return new Promise((resolve) => {
    const headers = {
      'content-type': 'application/json',
      'user-agent': 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/150.0.0.0 Safari/537.36',
      'x-forwarded-for': `10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`,
      origin: server.url.chat,
    };
    const sent = request(
      `http://127.0.0.1:${server.ports.chat}/v1/widget/${account.key}/visits`,
      { method: 'POST', agent, headers },
      (response) => response.resume().on('end', resolve),
    );
    sent.on('error', () => resolve());
    sent.end(body);
  });
}

async function visit(index: number): Promise<void> {
  const tab = randomUUID();
  for (let round = 0; going; round += 1) await announce(index, tab, Math.floor(round / 2));
}

const empty = usage();
const all: Promise<void>[] = [];
for (let index = 0; index < VISITORS; index += 1) {
  all.push(visit(index));
  if (index % 100 === 99) await sleep(200);
}
while (server.context.openPages.size < VISITORS) await sleep(100);
const full = usage();
const [framesBefore, bytesBefore] = [frames, bytes];
await sleep(SECONDS * 1000);
const after = usage();
const kilobytes = (of: number) => `${(of / VISITORS / 1024).toFixed(1)} kB`;
console.log(`${VISITORS} visitors, 2 operators, ${SECONDS} s`);
console.log(
  `CPU of server, visitors and operators: ${((after.cpu - full.cpu) / SECONDS / 10).toFixed(1)} % of a core`,
);
console.log(
  `memory per visitor, both ends: heap ${kilobytes(full.heap - empty.heap)}, rss ${kilobytes(full.rss - empty.rss)}`,
);
console.log(
  `to each operator: ${((frames - framesBefore) / 2 / SECONDS).toFixed(1)} frames/s, ${((bytes - bytesBefore) / 2 / SECONDS / 1024).toFixed(0)} kB/s`,
);
going = false;
for (const line of lines) line.socket.close();
agent.destroy();
await Promise.all(all);
await server[Symbol.asyncDispose]();
await postgres.stop();
