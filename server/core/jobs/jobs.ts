import { fromKysely, PgBoss } from 'pg-boss';
import type { output, ZodMiniType } from 'zod/mini';
import type { Database, Tx } from '../database/database.ts';
import type { Logger } from '../logger.ts';
import { parse } from '../parse.ts';
import { Claim } from './claim.ts';
import { releaseBrokenOff, releaseJobsOfTheDead, signOfLife, type Try } from './held-jobs.ts';
import { SCHEMA } from './install-jobs.ts';
import type { Job, Queue } from './queue.ts';

/** Of each queue, in one process. */
const AT_ONCE = 2;
const POLL_SECONDS = 1;
const SUPERVISE_SECONDS = 30;
const DRAIN_SECONDS = 10;

export type Times = {
  /** How long after the last sign of life of a process its jobs are others'. */
  leaseMs: number;
  /** How long it counts on them itself. */
  holdsMs: number;
  beatMs: number;
  /** How often jobs of dead processes are looked for. */
  lookMs: number;
};

const TIMES: Times = { leaseMs: 15_000, holdsMs: 12_000, beatMs: 5000, lookMs: 10_000 };

type Settings = {
  db: Database;
  log: Logger;
  /** Whether jobs of processes that have died, and old ones, are looked after here. */
  supervise: boolean;
  times?: Times;
};

/**
 * Work that is done later, by any of the processes: mail, and what may wait like it. It is handed over in the
 * transaction of the verb that wants it, and repeated until it is done. What it is about stands in a row of Foyer; a job
 * only names it.
 */
export class Jobs implements AsyncDisposable {
  readonly #boss: PgBoss;
  readonly #log: Logger;
  readonly #db: Database;
  readonly #times: Times;
  /** Of each queue that is worked on here, the jobs that are in work. */
  readonly #worked = new Map<string, Set<string>>();
  #look: NodeJS.Timeout | undefined;

  constructor({ db, log, supervise, times = TIMES }: Settings) {
    this.#db = db;
    this.#log = log;
    this.#times = times;
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
      const inWork = new Set<string>();
      this.#worked.set(queue.name, inWork);
      const options = {
        includeMetadata: true,
        localConcurrency: AT_ONCE,
        pollingIntervalSeconds: POLL_SECONDS,
      } as const;
      await this.#boss.work<object, void, typeof options>(queue.name, options, async ([one]) => {
        if (!one) return;
        const last = one.retryCount >= one.retryLimit;
        inWork.add(one.id);
        try {
          using claim = await this.#claim(queue.name, one);
          if (!claim) return;
          const signal = AbortSignal.any([claim.signal, one.signal]);
          await handle(parse(queue.payload, one.data), { last, signal });
        } catch (error) {
          const log = { err: error, queue: queue.name, job: one.id, tries: one.retryCount + 1, last };
          this.#log.warn(log, 'a job failed');
          throw error;
        } finally {
          inWork.delete(one.id);
        }
      });
    }
    if (jobs.length === 0) return;
    await this.#releaseDead();
    this.#look = setInterval(() => void this.#releaseDead(), this.#times.lookMs);
  }

  #claim(queue: string, one: Try): Promise<Claim | undefined> {
    const { beatMs, holdsMs } = this.#times;
    return Claim.take({ sign: () => signOfLife(this.#db, queue, one), beatMs, holdsMs });
  }

  async #releaseDead(): Promise<void> {
    try {
      await releaseJobsOfTheDead(this.#db, [...this.#worked.keys()], this.#times.leaseMs);
    } catch (error) {
      this.#log.warn({ err: error }, 'jobs of dead processes could not be looked for');
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
    clearInterval(this.#look);
    const drained = Promise.all([...this.#worked.keys()].map((name) => this.#boss.offWork(name)));
    await Promise.race([drained, late]);
    const brokenOff = [...this.#worked].map(([name, inWork]) => ({ name, ids: [...inWork] }));
    await this.#boss.stop({ graceful: false });
    for (const { name, ids } of brokenOff) if (ids.length > 0) await releaseBrokenOff(this.#db, name, ids);
  }
}
