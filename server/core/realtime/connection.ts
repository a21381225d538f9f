import { closeCodes } from '#protocol/session.ts';
import type { Down } from '#protocol/down.ts';
import { up, type Up } from '#protocol/up.ts';
import type { Actor } from '../actor.ts';
import { Refusal, refusalFrom } from '../errors.ts';
import type { Logger } from '../logger.ts';
import type { Metrics } from '../metrics.ts';
import { parse } from '../parse.ts';
import { Bucket, tooFast, type Rate } from '../rate-limit.ts';

/** What carries a connection's frames: a socket or a waiting poll. */
export type Transport = {
  send: (text: string) => void;
  close: (code: number, reason: string) => void;
  /** Bytes handed over and not yet sent. */
  buffered: () => number;
};

type Limits = {
  /** Buffered bytes from which typing and presence are dropped, and from which the connection is closed. */
  drop: number;
  close: number;
  commands: Rate;
  others: Rate;
};

/** Limits by audience: design.md 4.7 and realtime.md 4.2. */
export type AllLimits = Record<'chat' | 'console', Limits>;

export const usualLimits: AllLimits = {
  chat: {
    drop: 256 * 1024,
    close: 1024 * 1024,
    commands: { perMinute: 300, burst: 20 },
    others: { perMinute: 1200, burst: 40 },
  },
  console: {
    drop: 256 * 1024,
    close: 4 * 1024 * 1024,
    commands: { perMinute: 1200, burst: 100 },
    others: { perMinute: 3000, burst: 300 },
  },
};

/** Does what a frame asks for. Must queue its writes before its first await, so that order of arrival is kept. */
export type Dispatch = (connection: Connection, message: Exclude<Up, { type: 'ping' }>) => Promise<void>;

/** Commands refused for their rate in a row until the connection is closed. */
const PATIENCE = 60;

/** One client's line: limits, parse, dispatch, send; one way to close. Knows no feature. */
export class Connection {
  /** Set by the first accepted `hello`. */
  actor: Actor | undefined;
  /** `Cookie` of the request that opened the line: an operator's credential. */
  readonly cookie: string;
  /** `User-Agent` of that request; null when it named none. */
  readonly browser: string | null;
  readonly ip: string;
  /** Operators come to the console's listener, visitors to the chat's: neither credential works on the other. */
  readonly listener: 'console' | 'chat';
  readonly topics = new Set<string>();
  /** Monotonic ms of the beginning, the last sign of life and the next heartbeat. */
  readonly openedAt = performance.now();
  heardAt = this.openedAt;
  beatAt = Infinity;
  /** Something droppable was dropped since the last heartbeat, which then repeats the presence. */
  dropped = false;
  closed = false;
  /** Carries commands only (HTTP): follows nothing, is nobody's presence. */
  onlyAnswers = false;
  readonly onClose: (() => void)[] = [];
  readonly #transport: Transport;
  readonly #limits: Limits;
  readonly #commands: Bucket;
  readonly #others: Bucket;
  readonly #dispatch: Dispatch;
  readonly #log: Logger;
  readonly #metrics: Metrics;
  #greeting: Promise<void> | undefined;
  #tooFast = 0;

  constructor(made: {
    transport: Transport;
    listener: 'console' | 'chat';
    cookie: string | null | undefined;
    browser: string | null | undefined;
    ip: string;
    dispatch: Dispatch;
    log: Logger;
    metrics: Metrics;
    limits?: AllLimits | undefined;
  }) {
    this.#transport = made.transport;
    this.listener = made.listener;
    this.#limits = (made.limits ?? usualLimits)[made.listener];
    this.cookie = made.cookie ?? '';
    this.browser = made.browser?.slice(0, 400) ?? null;
    this.ip = made.ip;
    this.#dispatch = made.dispatch;
    this.#log = made.log;
    this.#metrics = made.metrics;
    this.#commands = new Bucket(this.#limits.commands);
    this.#others = new Bucket(this.#limits.others);
  }

  /** One frame as it came. Resolves when it has been dealt with; never rejects. */
  async receive(text: string): Promise<void> {
    this.heardAt = performance.now();
    let ref: string | null = null;
    let greets = false;
    try {
      // Counted before it is looked at: nonsense costs as much as sense.
      const input = tryJson(text);
      ref = refOf(input);
      this.#limit(ref === null ? this.#others : this.#commands);
      if (input === undefined) throw new Refusal('invalid', 'The frame is not valid JSON.');
      const message = parse(up, input);
      this.#metrics.frames.inc({ type: message.type });
      if (message.type === 'ping') {
        this.send({ type: 'head', positions: { conversations: {} } });
        return;
      }
      // A frame before the first hello is its sender's mistake; a frame before its answer waits for that.
      if (message.type === 'hello') {
        greets = true;
        const greeting = this.#dispatch(this, message);
        this.#greeting = greeting;
        try {
          await greeting;
        } finally {
          if (this.#greeting === greeting) this.#greeting = undefined;
        }
        return;
      }
      if (this.#greeting) {
        await this.#greeting.catch((error: unknown) => {
          // A hello that failed leaves the line as it was: with its speaker, or without one.
          if (!this.actor) throw error;
        });
      }
      if (!this.actor) throw new Refusal('not_signed_in', 'Say hello first.');
      await this.#dispatch(this, message);
    } catch (thrown) {
      this.#refuse(thrown, ref, greets);
    }
  }

  #limit(bucket: Bucket): void {
    const after = bucket.take(this.heardAt);
    if (after === 0) {
      this.#tooFast = 0;
      return;
    }
    this.#tooFast += 1;
    if (this.#tooFast > PATIENCE) this.close(closeCodes.policy, 'too many frames');
    throw tooFast(after);
  }

  #refuse(thrown: unknown, ref: string | null, greets: boolean): void {
    const { refusal, ours } = refusalFrom(thrown);
    if (ours) this.#log.error({ err: thrown }, 'a frame failed');
    this.#metrics.refusals.inc({ code: refusal.code });
    const { code, message, after } = refusal;
    this.send({ type: 'refused', ref, code, message, ...(after !== undefined && { after }) });
    const unknown = code === 'not_allowed' && greets && !this.actor;
    if (code === 'not_signed_in' || code === 'token_expired' || unknown) this.close(closeCodes.signIn, code);
    if (code === 'unsupported_protocol') this.close(closeCodes.protocol, code);
    // Half greeted is worse than not at all; the client comes back.
    if (greets && (ours || code === 'unavailable')) this.close(closeCodes.full, code);
  }

  send(frame: Down): void {
    this.sendText(JSON.stringify(frame), false);
  }

  /**
   * Sends a ready frame; false when it was not sent. A line that is too slow first loses droppable frames, then is closed
   * and resumes.
   */
  sendText(text: string, droppable: boolean): boolean {
    if (this.closed) return false;
    const buffered = this.#transport.buffered();
    if (droppable && buffered > this.#limits.drop) {
      this.dropped = true;
      return false;
    }
    if (buffered > this.#limits.close) {
      this.close(closeCodes.slow, 'too slow');
      return false;
    }
    this.#transport.send(text);
    return true;
  }

  close(code: number, reason: string): void {
    if (this.closed) return;
    this.#metrics.closes.inc({ code: String(code) });
    this.#transport.close(code, reason);
    this.ended();
  }

  /** The line is gone, whoever ended it. */
  ended(): void {
    if (this.closed) return;
    this.closed = true;
    for (const listener of this.onClose) listener();
  }
}

/** undefined for what is no JSON. */
function tryJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function refOf(input: unknown): string | null {
  const ref = typeof input === 'object' && input !== null && 'ref' in input ? input.ref : null;
  return typeof ref === 'string' && ref.length <= 64 ? ref : null;
}
