import { fromKysely, PgBoss } from 'pg-boss';
import type { output, ZodMiniType } from 'zod/mini';
import type { Database, Tx } from '../database/database.ts';
import type { Logger } from '../logger.ts';
import { parse } from '../parse.ts';
import { SCHEMA } from './install-jobs.ts';
import type { Job, Queue } from './queue.ts';

/** Of each queue, in one process. */
const AT_ONCE = 2;
const POLL_SECONDS = 1;
const SUPERVISE_SECONDS = 30;
const DRAIN_SECONDS = 10;

type Settings = {
  db: Database;
  log: Logger;
  /** Whether jobs of processes that have died, and old ones, are looked after here. */
  supervise: boolean;
};

/**
 * Work that is done later, by any of the processes: mail, and what may wait like it. It is handed over in the
 * transaction of the verb that wants it, and repeated until it is done. What it is about stands in a row of Foyer; a job
 * only names it.
 */
export class Jobs implements AsyncDisposable {
  readonly #boss: PgBoss;
  readonly #log: Logger;
  readonly #worked: string[] = [];

  constructor({ db, log, supervise }: Settings) {
    this.#log = log;
    this.#boss = new PgBoss({
      db: { executeSql: (text, values) => db.run(text, values) },
      schema: SCHEMA,
      // installJobs has done it, as the owner.
      migrate: false,
      schedule: false,
      supervise,
      // Queues are made at the start.
      queueCacheIntervalSeconds: 3600,
      superviseIntervalSeconds: SUPERVISE_SECONDS,
      monitorIntervalSeconds: SUPERVISE_SECONDS,
      // Both want to own the tables.
      reindex: false,
      monitorVacuum: false,
    });
    this.#boss.on('error', (error) => log.warn({ err: error }, 'the jobs could not be looked after'));
  }

  /** Learns the queues, so that `add` never asks for them inside a transaction. Nothing is worked on yet. */
  async open(): Promise<void> {
    await this.#boss.start();
  }

  /** Begins to work. */
  async start(jobs: readonly Job[]): Promise<void> {
    for (const { queue, handle } of jobs) {
      const options = {
        includeMetadata: true,
        localConcurrency: AT_ONCE,
        pollingIntervalSeconds: POLL_SECONDS,
      } as const;
      await this.#boss.work<object, void, typeof options>(queue.name, options, async ([one]) => {
        if (!one) return;
        const last = one.retryCount >= one.retryLimit;
        try {
          await handle(parse(queue.payload, one.data), { last });
        } catch (error) {
          const log = { err: error, queue: queue.name, job: one.id, tries: one.retryCount + 1, last };
          this.#log.warn(log, 'a job failed');
          throw error;
        }
      });
      this.#worked.push(queue.name);
    }
  }

  /**
   * Hands work over as a part of the caller's transaction. A `key` that waits already is brought forward, one that is
   * being worked on is left alone.
   */
  async add<S extends ZodMiniType>(
    tx: Tx,
    queue: Queue<S>,
    key: string,
    payload: output<S> & object,
  ): Promise<void> {
    const db = fromKysely(tx);
    // 0: at once, by the clock of the database.
    await this.#boss.upsert(queue.name, payload, { singletonKey: key, startAfter: 0, db });
  }

  /** Hands over what has no job yet; the others are left as they are. */
  async addMissing<S extends ZodMiniType>(
    queue: Queue<S>,
    all: { key: string; payload: output<S> & object }[],
  ): Promise<void> {
    await this.#boss.insert(
      queue.name,
      all.map(({ key, payload }) => ({ singletonKey: key, data: payload })),
    );
  }

  /** Finishes what has begun, for ten seconds at most; the rest is tried again by whoever starts next. */
  async [Symbol.asyncDispose](): Promise<void> {
    const late = new Promise<void>((resolve) => setTimeout(resolve, DRAIN_SECONDS * 1000).unref());
    const drained = Promise.all(this.#worked.map((name) => this.#boss.offWork(name)));
    await Promise.race([drained, late]);
    await this.#boss.stop({ graceful: false });
  }
}
