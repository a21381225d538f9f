type Settings = {
  /** A sign of life in the database; false when the job is not ours any more. */
  sign: () => Promise<boolean>;
  beatMs: number;
  /** So long after a sign was asked for that was then heard, the job is surely still ours. */
  holdsMs: number;
};

/**
 * One process's hold on a job, by signs of life. Who cannot give any for a while stops its work by itself, before others
 * take the job for one of a dead process: so it is never worked on twice at once, however slow the work is.
 */
export class Claim implements Disposable {
  readonly #settings: Settings;
  readonly #lost = new AbortController();
  #beat: NodeJS.Timeout | undefined;
  #end: NodeJS.Timeout | undefined;
  #signing = false;
  #over = false;

  private constructor(settings: Settings) {
    this.#settings = settings;
  }

  /** Undefined when the job is somebody else's already. Rejects when that cannot be found out. */
  static async take(settings: Settings): Promise<Claim | undefined> {
    const claim = new Claim(settings);
    await claim.#sign();
    if (claim.signal.aborted) return undefined;
    claim.#beat = setInterval(() => void claim.#signAgain(), settings.beatMs);
    return claim;
  }

  /** Aborted when the job is not surely ours any more. */
  get signal(): AbortSignal {
    return this.#lost.signal;
  }

  async #sign(): Promise<void> {
    const asked = performance.now();
    const ours = await this.#settings.sign();
    if (this.#over) return;
    if (!ours) return this.#lose();
    clearTimeout(this.#end);
    const left = asked + this.#settings.holdsMs - performance.now();
    this.#end = setTimeout(() => this.#lose(), left);
  }

  async #signAgain(): Promise<void> {
    if (this.#signing) return;
    this.#signing = true;
    try {
      await this.#sign();
    } catch {
      // The next one may be heard; if none is, the time ends.
    } finally {
      this.#signing = false;
    }
  }

  #lose(): void {
    this[Symbol.dispose]();
    this.#lost.abort(new Error('this process has lost the job'));
  }

  [Symbol.dispose](): void {
    this.#over = true;
    clearInterval(this.#beat);
    clearTimeout(this.#end);
  }
}
