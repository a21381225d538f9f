import { execFile, execFileSync } from 'node:child_process';
import { promisify } from 'node:util';
import { needPackages } from '../tools/apt.ts';

const run = promisify(execFile);

/** Reserved for tests of networks (RFC 2544), so it is nobody's. */
export const NETWORK = '198.18.0.0/15';
const BLOCKS = 2 ** 12;
const LINKS_EACH = 8;
/** Belongs to no card here: a frame to it is dropped by whoever gets it. */
const NOBODY = '02:00:00:00:00:01';

/**
 * A network namespace in which a server can be started, and links (veth pairs) between it and this process that can be
 * broken one by one. Needs root.
 */
export class Network implements AsyncDisposable {
  readonly #name: string;
  readonly #block: number;
  readonly #links: number;

  private constructor(links: number) {
    // One network in a process, and processes have different numbers.
    this.#name = `fy${process.pid.toString(36)}`;
    this.#block = process.pid % BLOCKS;
    this.#links = links;
    process.on('exit', this.#leave);
  }

  static async open(links: number): Promise<Network> {
    if (links > LINKS_EACH) throw new Error(`A network has at most ${LINKS_EACH} links.`);
    await needPackages(['iproute2']);
    const network = new Network(links);
    await network.#make();
    return network;
  }

  /** Runs a command in the namespace, as the same process. */
  get launcher(): readonly string[] {
    return ['ip', 'netns', 'exec', this.#name];
  }

  /** The server's address on a link. */
  address(link: number): string {
    return this.#at(link, 1);
  }

  /** Nothing passes, either way, and nobody is told. The card of this side stays up, so that its route stays too. */
  down(link: number): Promise<void> {
    return this.#inside('link', 'set', this.#card(link, 's'), 'down');
  }

  up(link: number): Promise<void> {
    return this.#inside('link', 'set', this.#card(link, 's'), 'up');
  }

  /** What the server says on this link vanishes; what is said to it arrives. */
  mute(link: number): Promise<void> {
    return this.#inside(...this.#neighbour('replace', link), 'lladdr', NOBODY, 'nud', 'permanent');
  }

  unmute(link: number): Promise<void> {
    return this.#inside(...this.#neighbour('del', link));
  }

  /** Bytes that the kernels keep at most, at either end, of what the server says to one peer. */
  async limitBuffers(bytes: number): Promise<void> {
    const write = `echo 4096 ${bytes} ${bytes} > /proc/sys/net/ipv4/tcp_wmem`;
    await ip(...this.launcher.slice(1), 'sh', '-c', write);
    for (let link = 0; link < this.#links; link += 1) {
      const to = [`${this.#at(link, 0)}/30`, 'dev', this.#card(link, 'c'), 'src', this.#at(link, 2)];
      await ip('route', 'replace', ...to, 'proto', 'kernel', 'scope', 'link', 'window', String(bytes));
    }
  }

  async #make(): Promise<void> {
    await ip('netns', 'add', this.#name);
    await this.#inside('link', 'set', 'lo', 'up');
    for (let link = 0; link < this.#links; link += 1) {
      const [near, far] = [this.#card(link, 'c'), this.#card(link, 's')];
      await ip('link', 'add', near, 'type', 'veth', 'peer', 'name', far, 'netns', this.#name);
      await ip('address', 'add', `${this.#at(link, 2)}/30`, 'dev', near);
      await ip('link', 'set', near, 'up');
      await this.#inside('address', 'add', `${this.address(link)}/30`, 'dev', far);
      await this.up(link);
    }
  }

  #neighbour(verb: string, link: number): string[] {
    return ['neighbour', verb, this.#at(link, 2), 'dev', this.#card(link, 's')];
  }

  #card(link: number, side: 'c' | 's'): string {
    return `${this.#name}${side}${link}`;
  }

  #at(link: number, host: number): string {
    const number = (this.#block * LINKS_EACH + link) * 4 + host;
    return `198.${18 + (number >> 16)}.${(number >> 8) & 255}.${number & 255}`;
  }

  #inside(...args: string[]): Promise<void> {
    return ip('-n', this.#name, ...args);
  }

  readonly #leave = (): void => {
    // The cards go with the namespace.
    execFileSync('ip', ['netns', 'del', this.#name], { stdio: 'ignore' });
  };

  async [Symbol.asyncDispose](): Promise<void> {
    process.off('exit', this.#leave);
    await ip('netns', 'del', this.#name);
  }
}

async function ip(...args: string[]): Promise<void> {
  await run('ip', args);
}
