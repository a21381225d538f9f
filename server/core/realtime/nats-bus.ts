import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect, type NatsConnection, type Subscription } from '@nats-io/transport-node';
import type { Logger } from '../logger.ts';
import type { Metrics } from '../metrics.ts';
import type { Bus } from './bus.ts';
import { fromBus, type HubEvent } from './event.ts';
import type { Published } from './hub.ts';
import { topicOf } from './topics.ts';

/** Where the broker is and how to enter it. */
export type Broker = {
  servers: string[];
  user?: string | undefined;
  pass?: string | undefined;
  token?: string | undefined;
  tls: boolean;
};

const AGAIN_MS = 200;
/** A broker that takes longer to answer is not waited for; what is missed then is found by a sweep. */
const LISTENING_MS = 1000;

type Settings = { broker: Broker; installation: string; log: Logger; metrics: Metrics };

type Listeners = {
  receive: (published: Published<HubEvent>) => void;
  /** Events may have been missed, or the broker has gone: look into the database. */
  missed: () => void;
};

/**
 * The bus over NATS core. Its subjects lie under `foyer.<installation>.`, so that installations can share a broker.
 *
 * Each connection is used until it ends, and then replaced by a new one that subscribes anew: the first connection and
 * the hundredth are one code path, and nothing waits in a library's buffer for a broker that is away.
 */
export class NatsBus implements Bus<HubEvent>, AsyncDisposable {
  readonly #settings: Settings;
  readonly #prefix: string;
  /** How many followed topics each subject stands for. */
  readonly #wanted = new Map<string, number>();
  readonly #subscriptions = new Map<string, Subscription>();
  readonly #stop = new AbortController();
  #listeners: Listeners | undefined;
  #connection: NatsConnection | undefined;
  #running: Promise<void> | undefined;
  /** Something was subscribed since the last round trip. */
  #unheard = false;
  #roundTrip: Promise<void> = Promise.resolve();

  constructor(settings: Settings) {
    this.#settings = settings;
    this.#prefix = `foyer.${settings.installation}.`;
  }

  /** Connects in the background and for ever: a server starts and serves without its broker. */
  start(listeners: Listeners): void {
    this.#listeners = listeners;
    this.#running = this.#run();
  }

  /** Whether the broker is there, as far as we know. */
  get hears(): boolean {
    return this.#connection !== undefined;
  }

  publish(published: Published<HubEvent>): void {
    const subject = subjectOf(published.topic);
    if (subject === undefined) throw new Error(`there is no subject for the topic ${published.topic}`);
    this.#send(subject, JSON.stringify(published));
  }

  follow(topic: string): void {
    const subject = subjectOf(topic);
    if (subject === undefined) return;
    const count = this.#wanted.get(subject) ?? 0;
    this.#wanted.set(subject, count + 1);
    if (count === 0 && this.#connection) this.#subscribe(this.#connection, subject);
  }

  unfollow(topic: string): void {
    const subject = subjectOf(topic);
    if (subject === undefined) return;
    const count = this.#wanted.get(subject) ?? 0;
    if (count > 1) return void this.#wanted.set(subject, count - 1);
    this.#wanted.delete(subject);
    this.#subscriptions.get(subject)?.unsubscribe();
    this.#subscriptions.delete(subject);
  }

  listening(): Promise<void> {
    if (!this.#unheard || !this.#connection) return this.#roundTrip;
    this.#unheard = false;
    const late = new AbortController();
    this.#roundTrip = Promise.race([
      this.#connection.flush(),
      sleep(LISTENING_MS, undefined, { signal: late.signal, ref: false }),
      // The connection may end under us: then there is nothing to wait for either.
    ]).then(
      () => late.abort(),
      () => late.abort(),
    );
    return this.#roundTrip;
  }

  async #run(): Promise<void> {
    const { log, metrics } = this.#settings;
    const { signal } = this.#stop;
    let away = false;
    while (!signal.aborted) {
      try {
        const connection = await this.#connect();
        if (signal.aborted) {
          await connection.close();
          return;
        }
        await this.#use(connection);
        if (away) log.info('the broker is back');
        away = false;
        const reason = await connection.closed();
        if (signal.aborted) return;
        throw reason ?? new Error('the connection was closed');
      } catch (error) {
        this.#connection = undefined;
        this.#subscriptions.clear();
        metrics.broker.set({ broker: 'nats' }, 0);
        if (!away) {
          log.warn({ err: error }, 'the broker is away; the other processes are heard through the database');
          away = true;
          this.#listeners?.missed();
        }
      }
      await sleep(AGAIN_MS + randomInt(AGAIN_MS), undefined, { signal, ref: false }).catch(() => undefined);
    }
  }

  #connect(): Promise<NatsConnection> {
    const { servers, user, pass, token, tls } = this.#settings.broker;
    return connect({
      servers,
      name: 'foyer',
      noEcho: true,
      reconnect: false,
      timeout: 5000,
      pingInterval: 5000,
      maxPingOut: 2,
      ...(user !== undefined && { user }),
      ...(pass !== undefined && { pass }),
      ...(token !== undefined && { token }),
      ...(tls && { tls: {} }),
    });
  }

  /** Subscribes to all that is followed, and has what was missed looked for, here and by what we could not publish. */
  async #use(connection: NatsConnection): Promise<void> {
    this.#connection = connection;
    connection.subscribe(`${this.#prefix}${MISSED}`, { callback: () => this.#listeners?.missed() });
    for (const subject of this.#wanted.keys()) this.#subscribe(connection, subject);
    await this.listening();
    this.#settings.metrics.broker.set({ broker: 'nats' }, 1);
    this.#listeners?.missed();
    this.#send(MISSED, '');
  }

  #subscribe(connection: NatsConnection, subject: string): void {
    const callback = (error: Error | null, message: { data: Uint8Array }): void => {
      if (error) this.#settings.log.error({ err: error }, 'the broker refuses a subscription');
      else this.#receive(subject, message.data);
    };
    this.#subscriptions.set(subject, connection.subscribe(this.#prefix + subject, { callback }));
    this.#unheard = true;
  }

  #receive(subject: string, data: Uint8Array): void {
    const { metrics } = this.#settings;
    const { success, data: published } = fromBus.safeParse(jsonOf(data));
    if (success && subjectOf(published.topic) === subject) {
      metrics.bus.inc({ event: 'received' });
      this.#listeners?.receive(published);
    } else {
      // A newer version says what we do not understand: our clients still must learn that something happened.
      metrics.bus.inc({ event: 'not_understood' });
      this.#listeners?.missed();
    }
  }

  #send(subject: string, text: string): void {
    const connection = this.#connection;
    if (!connection || connection.isClosed()) return;
    const data = Buffer.from(text);
    const fits = data.length <= (connection.info?.max_payload ?? Infinity);
    connection.publish(this.#prefix + (fits ? subject : MISSED), fits ? data : undefined);
    this.#settings.metrics.bus.inc({ event: fits ? 'sent' : 'too_large' });
  }

  /** What was published is on its way when this resolves. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    const connection = this.#connection;
    if (connection) {
      this.#unheard = true;
      await this.listening();
      await connection.close();
    }
    await this.#running;
  }
}

/** Subject on which a process says that others may have missed something of it. */
const MISSED = 'missed';

/**
 * Few subjects, so that an idle visitor costs the broker nothing: all visitors of an account share one, as do its
 * operators, and all sessions. A conversation has its own, and only processes that show it hear it.
 */
function subjectOf(name: string): string | undefined {
  const topic = topicOf(name);
  switch (topic?.kind) {
    case 'c':
      return `${topic.accountId}.c.${topic.id}`;
    case 'a':
    case 'o':
      return `${topic.accountId}.a`;
    case 'v':
    case 'w':
      return `${topic.accountId}.v`;
    case 'p':
      return `${topic.accountId}.p`;
    case 'l':
      return 'watched';
    case 's':
      return 'sessions';
    case undefined:
      return undefined;
  }
}

function jsonOf(data: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(data).toString('utf8'));
  } catch {
    return undefined;
  }
}
