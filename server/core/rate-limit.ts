import { Refusal } from './errors.ts';

export type Rate = { perMinute: number; burst: number };

/** A token bucket: `burst` at once, refilled evenly at `perMinute`. Uses the monotonic clock. */
export class Bucket {
  readonly #rate: Rate;
  #tokens: number;
  #at = 0;

  constructor(rate: Rate) {
    this.#rate = rate;
    this.#tokens = rate.burst;
  }

  /** Takes one; returns 0, or the seconds after which one is there again. */
  take(now: number = performance.now()): number {
    const { perMinute, burst } = this.#rate;
    const tokens = Math.min(burst, this.#tokens + ((now - this.#at) * perMinute) / 60_000);
    const granted = tokens >= 1;
    this.#tokens = granted ? tokens - 1 : tokens;
    this.#at = now;
    return granted ? 0 : Math.max(0.1, ((1 - tokens) * 60) / perMinute);
  }

  giveBack(): void {
    this.#tokens = Math.min(this.#rate.burst, this.#tokens + 1);
  }
}

/** Buckets by key. Bounded: the least recently used key goes first, which can only forgive. */
export class RateLimit {
  readonly #buckets = new Map<string, Bucket>();
  readonly #rate: Rate;
  readonly #most: number;

  constructor({ keys = 50_000, ...rate }: Rate & { keys?: number }) {
    this.#rate = rate;
    this.#most = keys;
  }

  /** Takes one; returns 0, or the seconds after which one is there again. */
  take(key: string, now: number = performance.now()): number {
    const bucket = this.#buckets.get(key) ?? new Bucket(this.#rate);
    this.#buckets.delete(key);
    this.#buckets.set(key, bucket);
    if (this.#buckets.size > this.#most) this.#buckets.delete(this.#buckets.keys().next().value ?? '');
    return bucket.take(now);
  }

  /** Undoes a `take`: what was limited turned out not to be what the limit is about. */
  giveBack(key: string): void {
    this.#buckets.get(key)?.giveBack();
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
