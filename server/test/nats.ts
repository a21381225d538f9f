import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { freePort } from './ports.ts';

/** A real nats-server that can be killed and started again at the same address. */
export class Nats implements AsyncDisposable {
  readonly port: number;
  /** Address of what the broker says about itself. */
  readonly monitor: string;
  readonly #args: string[];
  #process: ChildProcess | undefined;

  private constructor(port: number, monitorPort: number) {
    this.port = port;
    this.monitor = `http://127.0.0.1:${monitorPort}`;
    this.#args = ['-a', '127.0.0.1', '-p', String(port), '-m', String(monitorPort)];
  }

  static async start(): Promise<Nats> {
    const nats = new Nats(await freePort(), await freePort());
    await nats.start();
    return nats;
  }

  get url(): string {
    return `nats://127.0.0.1:${this.port}`;
  }

  async start(): Promise<void> {
    const started = spawn('nats-server', this.#args, { stdio: 'ignore' });
    this.#process = started;
    const failed = once(started, 'error').then(([error]) => Promise.reject(error as Error));
    const end = performance.now() + 10_000;
    while (!(await Promise.race([this.#answers(), failed]))) {
      if (performance.now() > end) throw new Error('nats-server does not answer');
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  async kill(): Promise<void> {
    const { exitCode, signalCode } = this.#process ?? { exitCode: 0, signalCode: null };
    if (!this.#process || exitCode !== null || signalCode !== null) return;
    this.#process.kill('SIGKILL');
    await once(this.#process, 'exit');
  }

  #answers(): Promise<boolean> {
    return new Promise((resolve) => {
      const socket = connect(this.port, '127.0.0.1');
      socket.once('data', () => (socket.destroy(), resolve(true)));
      socket.once('error', () => resolve(false));
    });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.kill();
  }
}
