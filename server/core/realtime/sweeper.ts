import type { Logger } from '../logger.ts';

const USUAL_MS = 20_000;
/** While events do not come from other processes: nearly as good as they. */
const CUT_OFF_MS = 2000;
const APART_MS = 1000;

type Settings = {
  /** Whether events of other processes do not come now. */
  isCutOff: () => boolean;
  log: Logger;
};

/**
 * Looks into the database for what no event has told: now and then, soon when there is a reason, often while events do
 * not come; never twice at once.
 */
export class Sweeper implements AsyncDisposable {
  readonly #settings: Settings;
  #sweep: (() => Promise<void>) | undefined;
  #timer: NodeJS.Timeout | undefined;
  #startedAt = -Infinity;
  #running: Promise<void> | undefined;
  #again = false;
  #failing = false;

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  start(sweep: () => Promise<void>): void {
    this.#sweep = sweep;
    this.#plan(USUAL_MS);
  }

  /** Something may have been missed. Reasons that come together make one sweep. */
  soon(): void {
    if (this.#running) this.#again = true;
    else this.#plan(Math.max(0, this.#startedAt + APART_MS - performance.now()));
  }

  #plan(ms: number): void {
    clearTimeout(this.#timer);
    if (!this.#sweep) return;
    this.#timer = setTimeout(() => {
      this.#running = this.#run();
    }, ms).unref();
  }

  async #run(): Promise<void> {
    const { isCutOff, log } = this.#settings;
    this.#again = false;
    this.#startedAt = performance.now();
    try {
      await this.#sweep?.();
      this.#failing = false;
    } catch (error) {
      if (!this.#failing) log.warn({ err: error }, 'a sweep failed; it is tried again');
      this.#failing = true;
    }
    this.#running = undefined;
    if (this.#again) this.#plan(APART_MS);
    else this.#plan(isCutOff() || this.#failing ? CUT_OFF_MS : USUAL_MS);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#sweep = undefined;
    clearTimeout(this.#timer);
    await this.#running;
  }
}
