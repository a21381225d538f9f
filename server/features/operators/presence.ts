import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { Status } from '#protocol/operators.ts';
import type { OperatorActor } from '../../core/actor.ts';
import type { Database } from '../../core/database/database.ts';
import type { Logger } from '../../core/logger.ts';
import type { HubEvent } from '../../core/realtime/event.ts';
import type { Published } from '../../core/realtime/hub.ts';
import { topics } from '../../core/realtime/topics.ts';
import { listPresent } from './store.ts';

const LEASE_SECONDS = 15;
const BEAT_MS = 5000;
/** A reload or a short cut is not an absence. */
const GRACE_MS = 10_000;
const CACHE_MS = 5000;

export type AccountPresence = { online: boolean; operators: Record<string, Status> };

type Settings = {
  db: Database;
  publish: (published: Published<HubEvent>) => void;
  log: Logger;
};

/**
 * Who is truly there. An operator is present while a line of it is open on a server process whose lease holds; both
 * stand in the database, so that the same transaction that assigns a conversation can read them (realtime.md 2.3).
 */
export class Presence implements AsyncDisposable {
  readonly nodeId = randomUUID();
  readonly #settings: Settings;
  /** Open lines by operator; an entry with 0 lines is in its grace. */
  readonly #lines = new Map<
    string,
    { actor: OperatorActor; count: number; leaving?: NodeJS.Timeout | undefined }
  >();
  readonly #cache = new Map<string, { until: number; presence: Promise<AccountPresence> }>();
  #timer: NodeJS.Timeout | undefined;

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  /** Takes the lease; throws when the database cannot be reached. */
  async start(): Promise<void> {
    await this.#beat();
    this.#timer = setInterval(() => {
      this.#beat().catch((error: unknown) =>
        this.#settings.log.warn({ err: error }, 'the presence lease was not renewed'),
      );
    }, BEAT_MS);
  }

  /** A line of this operator has opened. Resolves when colleagues and visitors have been told. */
  async arrived(actor: OperatorActor): Promise<void> {
    const key = keyOf(actor);
    const known = this.#lines.get(key);
    if (known) {
      clearTimeout(known.leaving);
      known.leaving = undefined;
      known.count += 1;
      return;
    }
    this.#lines.set(key, { actor, count: 1 });
    await this.#register([actor]);
    await this.changed(actor.accountId);
  }

  /** A line of this operator has closed; absence counts from ten seconds later. */
  left(actor: OperatorActor): void {
    const known = this.#lines.get(keyOf(actor));
    if (!known) return;
    known.count -= 1;
    if (known.count > 0) return;
    known.leaving = setTimeout(() => {
      this.#lines.delete(keyOf(actor));
      this.#unregister(actor).catch((error: unknown) =>
        this.#settings.log.warn({ err: error }, 'an absence was not stored'),
      );
    }, GRACE_MS).unref();
  }

  /** What colleagues and visitors of an account may count on now. */
  of(accountId: string): Promise<AccountPresence> {
    const now = performance.now();
    const cached = this.#cache.get(accountId);
    if (cached && cached.until > now) return cached.presence;
    const presence = this.#read(accountId);
    this.#cache.set(accountId, { until: now + CACHE_MS, presence });
    presence.catch(() => this.#cache.delete(accountId));
    if (this.#cache.size > 10_000) this.#cache.delete(this.#cache.keys().next().value ?? '');
    return presence;
  }

  /** Something about this account's operators has changed: read it anew and tell everybody who looks. */
  async changed(accountId: string): Promise<void> {
    this.#cache.delete(accountId);
    const presence = await this.of(accountId);
    const event: HubEvent = { type: 'presence', ...presence };
    this.#settings.publish({ topic: topics.account(accountId), droppable: true, event });
    this.#settings.publish({ topic: topics.visitors(accountId), droppable: true, event });
  }

  #read(accountId: string): Promise<AccountPresence> {
    return this.#settings.db.inAccount(accountId, async (tx) => {
      const rows = await listPresent(tx, accountId);
      const operators = Object.fromEntries(
        rows.map(({ id, status, present }) => [id, present ? status : 'offline']),
      );
      return { online: Object.values(operators).includes('online'), operators };
    });
  }

  async #beat(): Promise<void> {
    const { db } = this.#settings;
    const { rows } = await sql<{ fresh: boolean }>`
      insert into nodes (node_id, lease_until) values (${this.nodeId}, now() + make_interval(secs => ${LEASE_SECONDS}))
      on conflict (node_id) do update set lease_until = excluded.lease_until
      returning xmax = 0 as fresh`.execute(db.persons);
    // After an outage longer than the lease another process may have removed this one and its sessions.
    if (rows[0]?.fresh) await this.#register([...this.#lines.values()].map(({ actor }) => actor));
    const lapsed = await sql`delete from nodes where lease_until < now()`.execute(db.persons);
    if ((lapsed.numAffectedRows ?? 0n) === 0n) return;
    const here = new Set([...this.#lines.values()].map(({ actor }) => actor.accountId));
    await Promise.all([...here].map((accountId) => this.changed(accountId)));
  }

  async #register(actors: OperatorActor[]): Promise<void> {
    for (const { accountId, operatorId } of actors) {
      await this.#settings.db.inAccount(accountId, (tx) =>
        sql`insert into operator_sessions (account_id, operator_id, node_id)
          values (${accountId}, ${operatorId}, ${this.nodeId}) on conflict do nothing`.execute(tx),
      );
    }
  }

  async #unregister({ accountId, operatorId }: OperatorActor): Promise<void> {
    await this.#settings.db.inAccount(accountId, (tx) =>
      sql`delete from operator_sessions where account_id = ${accountId} and operator_id = ${operatorId}
        and node_id = ${this.nodeId}`.execute(tx),
    );
    await this.changed(accountId);
  }

  /** Gives the lease back, so that nobody counts on operators of a process that has ended. */
  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    for (const { leaving } of this.#lines.values()) clearTimeout(leaving);
    await sql`delete from nodes where node_id = ${this.nodeId}`.execute(this.#settings.db.persons);
  }
}

const keyOf = ({ accountId, operatorId }: OperatorActor): string => `${accountId}:${operatorId}`;
