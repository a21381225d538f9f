import type { Tally } from './format.ts';

/** Tells the person who waits. */
export type Say = (line: string) => void;

const PAUSE_MS = 5000;

/** Says every five seconds how far the work on a table is, and at the end what it came to. */
export async function withProgress(
  name: string,
  tally: Tally,
  say: Say,
  work: () => Promise<void>,
): Promise<void> {
  const tell = (end: string): void =>
    say(`  ${name}: ${tally.rows.toLocaleString('en')} rows, ${megabytes(tally.bytes)}${end}`);
  const timer = setInterval(tell, PAUSE_MS, ' so far');
  try {
    await work();
  } finally {
    clearInterval(timer);
  }
  tell('');
}

export const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
