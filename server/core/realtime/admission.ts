import { Refusal } from '../errors.ts';

/** Greetings at work at once: somewhat more than there are database connections for them. */
const MOST = 32;
/** ms; less than a client waits for its welcome, so that none is greeted that has hung up already. */
const PATIENCE = 3000;
/** s */
const AFTER = 5;

/**
 * The door for everybody who comes at once, as after a restart: a few are greeted at a time, the others wait in order,
 * and who would wait too long is told to come back (reliability.md R7). Without it they all wait for database
 * connections, are all late, hang up and come again.
 */
export class Admission {
  readonly #most: number;
  readonly #patience: number;
  #inside = 0;
  readonly #waiting = new Set<() => void>();

  constructor(most: number = MOST, patience: number = PATIENCE) {
    this.#most = most;
    this.#patience = patience;
  }

  /** Runs `greet` when there is room. Rejects with what it throws, or `unavailable`. */
  async greet<T>(greet: () => Promise<T>): Promise<T> {
    if (this.#inside >= this.#most) await this.#turn();
    else this.#inside += 1;
    try {
      return await greet();
    } finally {
      // Whoever goes hands its place on, so nobody can slip in before those who wait.
      const [next] = this.#waiting;
      if (next) next();
      else this.#inside -= 1;
    }
  }

  #turn(): Promise<void> {
    return new Promise((resolve, reject) => {
      const enter = (): void => {
        clearTimeout(late);
        this.#waiting.delete(enter);
        resolve();
      };
      const late = setTimeout(() => {
        this.#waiting.delete(enter);
        const message = 'Very many people are connecting at this moment. It is tried again.';
        reject(new Refusal('unavailable', message, { after: AFTER }));
      }, this.#patience);
      this.#waiting.add(enter);
    });
  }
}
