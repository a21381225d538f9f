import { randomUUID } from 'node:crypto';
import { countCpu, type Cpu } from './cpu.ts';
import type { Chat, Start } from './target.ts';

const WARM_MS = 2000;
const MEASURE_MS = 6000;
/** Lines that are opened at once where many are. */
const AT_ONCE = 50;

export const IDLE = 5000;
export const STORM = 5000;

/** Closed loop: in every chat the next message goes out when the last one is acknowledged. `rate`: acknowledged a second. */
export async function throughput(
  start: Start,
  url: string,
  chats: number,
): Promise<{ rate: number; cpu: Cpu }> {
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
  const counted = await countCpu(target, url);
  const [from, begun] = [acknowledged, performance.now()];
  await wait(MEASURE_MS);
  const messages = acknowledged - from;
  const rate = (messages / (performance.now() - begun)) * 1000;
  const cpu = await counted(messages);
  running = false;
  await target.stop();
  return { rate, cpu };
}

/** Open loop at `rate` a second over `chats` chats: ms from sending to the other side's receiving. */
export async function latency(
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
  return { p50: quantile(times, 0.5), p99: quantile(times, 0.99) };
}

/** Resident bytes that one idle visitor adds. */
export async function memory(start: Start, url: string): Promise<number> {
  const target = await start(url);
  const warm = 200;
  for (let index = 0; index < warm; index += 1) await target.idle(index);
  await wait(1000);
  const before = await target.usage();
  for (let index = warm; index < IDLE; index += AT_ONCE) {
    await Promise.all(Array.from({ length: AT_ONCE }, (_, more) => target.idle(index + more)));
  }
  await wait(3000);
  const after = await target.usage();
  await target.stop();
  return (after.rss - before.rss) / (IDLE - warm);
}

/** ms from the new process' listening until every chat has its line and its log again, after a `kill -9`. */
export async function storm(start: Start, url: string): Promise<number> {
  const target = await start(url);
  const heard = { acknowledged: () => undefined, delivered: () => undefined };
  const chats: Chat[] = await target.open(STORM, heard);
  await target.restart();
  const begun = performance.now();
  const waiting = chats.values();
  // One walk of the list by many walkers: a browser, too, has no more than its own connection in flight.
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (const chat of waiting) await chat.resume();
    }),
  );
  const took = performance.now() - begun;
  await target.stop();
  return took;
}

export function quantile(values: number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
}

export const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
