import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

const home = new URL('..', import.meta.url).pathname;
/** ms */
const AGAIN = 100;
const START = 60_000;
const KEPT_LINES = 2000;

/**
 * `node server/main.ts` as a child, under a supervisor: it is started again whenever it ends, as systemd would.
 * `env` is all that it gets to know beside PATH; `launcher` is the command that starts it in other surroundings.
 */
export class ServerProcess implements AsyncDisposable {
  readonly #env: Record<string, string>;
  readonly #launcher: readonly string[];
  #child: ChildProcess | undefined;
  #serving = Promise.withResolvers<void>();
  #wanted = true;
  #expected = false;
  /** The newest lines of its log. */
  readonly log: string[] = [];
  /** Times that it was running and serving. */
  starts = 0;
  /** Sentences on what it did that no server may do: ended by itself, left an error to nobody. */
  readonly misdeeds: string[] = [];

  constructor(env: Record<string, string>, launcher: readonly string[] = []) {
    this.#env = env;
    this.#launcher = launcher;
    process.on('exit', this.#leave);
  }

  readonly #leave = (): void => void this.#child?.kill('SIGKILL');

  get pid(): number {
    return this.#child?.pid ?? -1;
  }

  /** Resolves when it says that it is running. Throws its log when it does not within a minute. */
  async start(): Promise<void> {
    this.#wanted = true;
    this.#spawn();
    await this.serving();
  }

  /** Resolves as soon as it is running, at once if it is. */
  async serving(): Promise<void> {
    const late = new Promise<never>((_, reject) =>
      setTimeout(
        () => reject(new Error(`Foyer did not start:\n${this.log.slice(-30).join('\n')}`)),
        START,
      ).unref(),
    );
    await Promise.race([this.#serving.promise, late]);
  }

  #spawn(): void {
    const [command = 'env', ...before] = this.#launcher;
    const child = spawn(command, [...before, process.execPath, 'server/main.ts'], {
      cwd: home,
      env: { PATH: process.env['PATH'], ...this.#env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    this.#expected = false;
    for (const stream of [child.stdout, child.stderr]) this.#hear(stream);
    child.once('exit', (code, signal) => {
      this.#serving.promise.catch(() => undefined);
      this.#serving = Promise.withResolvers<void>();
      if (!this.#expected) {
        this.misdeeds.push(`the server ended by itself (${signal ?? code}): ${this.log.slice(-6).join(' ')}`);
      }
      if (this.#wanted) setTimeout(() => this.#wanted && this.#spawn(), AGAIN);
    });
  }

  #hear(stream: Readable): void {
    createInterface({ input: stream }).on('line', (line) => {
      this.log.push(line);
      if (this.log.length > KEPT_LINES) this.log.splice(0, KEPT_LINES / 2);
      if (line.includes('an error was not handled')) this.misdeeds.push(line);
      if (line !== 'Foyer is running.') return;
      this.starts += 1;
      this.#serving.resolve();
    });
  }

  /** Ends it by a signal; resolves when it is gone. The supervisor starts it again unless `stop` was called. */
  async kill(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    this.#expected = true;
    const gone = once(child, 'exit');
    child.kill(signal);
    await gone;
  }

  /** SIGSTOP: it exists, its sockets are open, and it does nothing. */
  freeze(): void {
    this.#child?.kill('SIGSTOP');
  }

  thaw(): void {
    this.#child?.kill('SIGCONT');
  }

  /** Ends it for good; resolves when it is gone. */
  async stop(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    this.#wanted = false;
    this.thaw();
    await this.kill(signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    process.off('exit', this.#leave);
  }
}
