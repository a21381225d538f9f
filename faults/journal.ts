import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/**
 * What one client did with one command. `invoke`: it was written, so it may be stored from now on. `ok`: acknowledged.
 * `fail`: refused for good, so it is not stored. `unknown`: nobody has said.
 */
export type Step = {
  client: string;
  type: 'invoke' | 'ok' | 'fail' | 'unknown';
  ref: string;
  /** Type of the command. */
  command: string;
  /** Of an `ok` that left an entry. */
  conversationId?: string | undefined;
  seq?: number | undefined;
  /** Of a `fail`. */
  code?: string | undefined;
};

/** One client's history in a file of its own, written as it happens: a driver that crashes loses nothing of it. */
export class Journal implements Disposable {
  readonly #path: string;
  #file: number | undefined;

  constructor(folder: string, client: string) {
    mkdirSync(folder, { recursive: true });
    this.#path = join(folder, `${client}.jsonl`);
  }

  write(step: Step): void {
    this.#file ??= openSync(this.#path, 'a');
    writeSync(this.#file, `${JSON.stringify(step)}\n`);
  }

  [Symbol.dispose](): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }
}

/** Every client's history; what each has begun and never heard of is `unknown` at the end. */
export function readJournals(folder: string): Step[] {
  return readdirSync(folder).flatMap((name) => {
    const lines = readFileSync(join(folder, name), 'utf8').split('\n').filter(Boolean);
    const steps = lines.map((line) => JSON.parse(line) as Step);
    const answered = new Set(steps.filter(({ type }) => type !== 'invoke').map(({ ref }) => ref));
    const open = steps.filter(({ type, ref }) => type === 'invoke' && !answered.has(ref));
    return [...steps, ...open.map((step) => ({ ...step, type: 'unknown' as const }))];
  });
}
