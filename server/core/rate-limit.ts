import { Refusal } from './errors.ts';

type Bucket = { tokens: number; at: number };

/**
 * Token buckets by key. `burst` at once, refilled evenly at `perMinute`. Bounded: the least recently used key goes
 * first, which can only forgive. Uses the monotonic clock.
 */
export class RateLimit {
  readonly #buckets = new Map<string, Bucket>();
  readonly #perMs: number;
  readonly #burst: number;
  readonly #most: number;

  constructor(limit: { perMinute: number; burst: number; keys?: number }) {
    this.#perMs = limit.perMinute / 60_000;
    this.#burst = limit.burst;
    this.#most = limit.keys ?? 50_000;
  }

  /** Takes one; returns 0, or the seconds after which one is there again. */
  take(key: string, now: number = performance.now()): number {
    const old = this.#buckets.get(key) ?? { tokens: this.#burst, at: now };
    const tokens = Math.min(this.#burst, old.tokens + (now - old.at) * this.#perMs);
    const granted = tokens >= 1;
    this.#buckets.delete(key);
    this.#buckets.set(key, { tokens: granted ? tokens - 1 : tokens, at: now });
    if (this.#buckets.size > this.#most) this.#buckets.delete(this.#buckets.keys().next().value ?? '');
    return granted ? 0 : Math.max(0.1, (1 - tokens) / this.#perMs / 1000);
  }

  /** Undoes a `take`: what was limited turned out not to be what the limit is about. */
  giveBack(key: string): void {
    const bucket = this.#buckets.get(key);
    if (bucket) bucket.tokens = Math.min(this.#burst, bucket.tokens + 1);
  }

  /** Takes one or throws `rate_limited`. */
  check(key: string): void {
    const after = this.take(key);
    if (after > 0) throw tooFast(after);
  }
}

export function tooFast(after: number): Refusal {
  const seconds = Math.ceil(after);
  const wait = `${seconds} ${seconds === 1 ? 'second' : 'seconds'}`;
  return new Refusal('rate_limited', `That was too often. Please try again in ${wait}.`, { after: seconds });
}

/** The address that a limit counts by: an IPv4 address, or the /64 of an IPv6 address. */
export function addressKey(ip: string): string {
  const v4 = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(ip)?.[1] ?? (ip.includes('.') ? ip : undefined);
  if (v4) return v4;
  const [head = '', tail] = ip.split('::');
  const first = head.split(':').filter(Boolean);
  const last = tail?.split(':').filter(Boolean) ?? [];
  const groups = [
    ...first,
    ...Array.from({ length: Math.max(0, 8 - first.length - last.length) }, () => '0'),
    ...last,
  ];
  return `${groups.slice(0, 4).join(':')}::/64`;
}
