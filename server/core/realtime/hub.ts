import type { Bus } from './bus.ts';
import type { Connection } from './connection.ts';

/** What is told to the followers of a topic. Plain JSON, so that a broker can carry it to other processes. */
export type Published<E> = {
  topic: string;
  /** Position in the topic's stream; absent for what is not part of a stream. */
  seq?: number | undefined;
  /** May be lost by a slow connection (typing, presence). */
  droppable?: boolean | undefined;
  event: E;
};

/**
 * Turns an event into the frame that this connection may see; undefined: nothing for it. `leave` ends its following of
 * the topic.
 */
export type Present<E> = (event: E, connection: Connection, leave: () => void) => string | undefined;

/**
 * Hands events to the connections that follow a topic, here and by the bus on the other processes. It never stores:
 * whoever misses an event finds the gap by its position and reads the log.
 */
export class Hub<E> {
  readonly #followers = new Map<string, Set<Connection>>();
  readonly #heads = new Map<string, number>();
  readonly #present: Present<E>;
  readonly #bus: Bus<E> | undefined;
  readonly #published: (published: Published<E>) => void;

  /** `published` hears what this process publishes. */
  constructor(present: Present<E>, bus?: Bus<E>, published: (published: Published<E>) => void = () => {}) {
    this.#present = present;
    this.#bus = bus;
    this.#published = published;
  }

  /** A connection that has closed joins nothing; `leaveAll` belongs among its `onClose`. */
  join(connection: Connection, topic: string): void {
    if (connection.closed) return;
    const followers = this.#followers.get(topic);
    if (followers) followers.add(connection);
    else {
      this.#followers.set(topic, new Set([connection]));
      this.#bus?.follow(topic);
    }
    connection.topics.add(topic);
  }

  /** Await it between joining and reading: what the other processes publish is heard from here on. */
  async listening(): Promise<void> {
    await this.#bus?.listening();
  }

  leave(connection: Connection, topic: string): void {
    connection.topics.delete(topic);
    const followers = this.#followers.get(topic);
    if (!followers?.delete(connection) || followers.size > 0) return;
    this.#followers.delete(topic);
    this.#heads.delete(topic);
    this.#bus?.unfollow(topic);
  }

  leaveAll(connection: Connection): void {
    for (const topic of connection.topics) this.leave(connection, topic);
  }

  /** Tells the followers on every process. */
  publish(published: Published<E>): void {
    this.deliver(published);
    this.#bus?.publish(published);
    this.#published(published);
  }

  /** Tells the followers on this process. */
  deliver({ topic, seq, droppable = false, event }: Published<E>): void {
    if (seq !== undefined) this.sawHead(topic, seq);
    const followers = this.#followers.get(topic);
    if (!followers) return;
    for (const connection of followers) {
      const text = this.#present(event, connection, () => this.leave(connection, topic));
      if (text !== undefined) connection.sendText(text, droppable);
    }
  }

  /** Remembers how far a followed stream reaches, from a publish or from a read of the log. */
  sawHead(topic: string, seq: number): void {
    if (!this.#followers.has(topic)) return;
    if (seq > (this.#heads.get(topic) ?? -1)) this.#heads.set(topic, seq);
  }

  head(topic: string): number | undefined {
    return this.#heads.get(topic);
  }

  /** Every topic that is followed here. */
  topics(): string[] {
    return [...this.#followers.keys()];
  }

  followers(topic: string): number {
    return this.#followers.get(topic)?.size ?? 0;
  }
}
