import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { Database } from '../database/database.ts';
import type { Logger } from '../logger.ts';

const LEASE_SECONDS = 15;
const BEAT_MS = 5000;

type Settings = {
  db: Database;
  log: Logger;
  /** Whether this process hears the broker. */
  hears: () => boolean;
  /** The lease was taken anew: what stood on it in the database may have gone. */
  taken: () => Promise<void>;
  /** A process has gone, or hears the broker again: what it committed last may not have been told. */
  missed: () => void;
};

/** This process among the processes of the installation: there, while its lease in `nodes` holds (realtime.md 2.3). */
export class Lease implements AsyncDisposable {
  readonly nodeId = randomUUID();
  readonly #settings: Settings;
  /** The other processes whose lease holds, and whether they hear the broker. */
  #others = new Map<string, boolean>();
  #timer: NodeJS.Timeout | undefined;
  #renewing: Promise<void> | undefined;
  #failing = false;

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  /** Takes the lease and keeps it; throws when the database cannot be reached. */
  async start(): Promise<void> {
    await this.#beat();
    this.#timer = setInterval(() => void this.renew(), BEAT_MS);
  }

  /** Prolongs the lease now, says in it whether we hear the broker, and looks at the others. Never rejects. */
  renew(): Promise<void> {
    this.#renewing ??= this.#keep().finally(() => (this.#renewing = undefined));
    return this.#renewing;
  }

  /** Whether there are other processes with which events are not exchanged now. */
  get isCutOff(): boolean {
    if (this.#others.size === 0) return false;
    return !this.#settings.hears() || [...this.#others.values()].includes(false);
  }

  async #keep(): Promise<void> {
    try {
      await this.#beat();
      this.#failing = false;
    } catch (error) {
      if (!this.#failing) this.#settings.log.warn({ err: error }, 'the presence lease was not renewed');
      this.#failing = true;
    }
  }

  async #beat(): Promise<void> {
    const { db, hears, taken, missed } = this.#settings;
    const { rows } = await sql<{ fresh: boolean }>`insert into nodes (node_id, lease_until, hears)
      values (${this.nodeId}, now() + make_interval(secs => ${LEASE_SECONDS}), ${hears()})
      on conflict (node_id) do update set lease_until = excluded.lease_until, hears = excluded.hears
      returning xmax = 0 as fresh`.execute(db.persons);
    if (rows[0]?.fresh) await taken();
    await sql`delete from nodes where lease_until < now()`.execute(db.persons);
    const nodes = await sql<{ node_id: string; hears: boolean }>`
      select node_id, hears from nodes where lease_until > now() and node_id <> ${this.nodeId}`.execute(
      db.persons,
    );
    const before = this.#others;
    this.#others = new Map(nodes.rows.map((row) => [row.node_id, row.hears]));
    for (const [nodeId, heard] of before) {
      const now = this.#others.get(nodeId);
      if (now === undefined || now !== heard) return missed();
    }
  }

  /** Gives the lease back, so that nobody counts on a process that has ended. */
  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    await this.#renewing;
    await sql`delete from nodes where node_id = ${this.nodeId}`.execute(this.#settings.db.persons);
  }
}
