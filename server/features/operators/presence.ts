import { sql } from 'kysely';
import type { Status } from '#protocol/operators.ts';
import type { OperatorActor } from '../../core/actor.ts';
import type { Database, Tx } from '../../core/database/database.ts';
import type { Logger } from '../../core/logger.ts';
import type { HubEvent } from '../../core/realtime/event.ts';
import type { Published } from '../../core/realtime/hub.ts';
import { Lease } from '../../core/realtime/lease.ts';
import { topics } from '../../core/realtime/topics.ts';
import { Turns } from '../../core/turns.ts';
import { readPresence } from '../../unscoped/read-accounts.ts';
import type { Absence } from './absence.ts';

const CACHE_MS = 5000;
const CACHE_MOST = 10_000;

export type AccountPresence = {
  online: boolean;
  operators: Record<string, Status>;
  /** Online, with as many chats as it may have; nobody where no widget shows who is free. */
  busy: string[];
};

type Settings = Pick<Absence, 'graceMs'> & {
  db: Database;
  /** To the followers on every process, and on this one. */
  publish: (published: Published<HubEvent>) => void;
  deliver: (published: Published<HubEvent>) => void;
  hears: () => boolean;
  missed: () => void;
  log: Logger;
};

/**
 * Who is truly there. An operator is present while a line of it is open on a server process whose lease holds; both
 * stand in the database, so that the same transaction that assigns a conversation can read them (realtime.md 2.3).
 */
export class Presence implements AsyncDisposable {
  readonly lease: Lease;
  readonly #settings: Settings;
  /** Open lines by operator; an entry with 0 lines is in its grace. */
  readonly #lines = new Map<
    string,
    { actor: OperatorActor; count: number; leaving?: NodeJS.Timeout | undefined }
  >();
  /** Of writing, for each operator. */
  readonly #turns = new Turns();
  readonly #cache = new Map<string, { until: number; presence: Promise<AccountPresence> }>();
  /** What the followers on this process were told last. */
  readonly #told = new Map<string, string>();

  constructor(settings: Settings) {
    this.#settings = settings;
    const { db, log, hears, missed } = settings;
    const taken = async (): Promise<void> => {
      for (const { actor } of this.#lines.values()) await this.#register(actor);
    };
    this.lease = new Lease({ db, log, hears, taken, missed });
  }

  /** Takes the lease; throws when the database cannot be reached. */
  start(): Promise<void> {
    return this.lease.start();
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
    try {
      if (!(await this.#register(actor))) await this.changed(actor.accountId);
    } catch (error) {
      // Not stored, so not there: the next hello must try again.
      this.#lines.delete(key);
      throw error;
    }
  }

  /** A line of this operator has closed; absence counts from a while later. */
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
    }, this.#settings.graceMs).unref();
  }

  /** What colleagues and visitors of an account may count on now. */
  async of(accountId: string): Promise<AccountPresence> {
    const now = performance.now();
    const cached = this.#cache.get(accountId);
    const asked = cached && cached.until > now ? cached.presence : this.#ask(accountId);
    const presence = await asked;
    const newest = this.#cache.get(accountId)?.presence;
    // Who has heard of a change while we were reading must not be told what was before it.
    return newest === undefined || newest === asked ? presence : newest;
  }

  /** Something that operators or open widgets show of this account has changed: read it anew and tell everybody who looks. */
  async changed(accountId: string): Promise<void> {
    this.#cache.delete(accountId);
    this.#tell(accountId, await this.of(accountId), this.#settings.publish);
  }

  /** Operators have a chat more or less: tells everybody who looks, if others are free now than they were told. */
  async busier(accountId: string): Promise<void> {
    for (;;) {
      const told = this.#told.get(accountId);
      const presence = (await this.#read([accountId])).get(accountId) ?? nobody();
      // What they were told while we were reading may be newer than what we have read.
      if (this.#told.get(accountId) !== told) continue;
      if (told === JSON.stringify(presence)) return;
      this.#remember(accountId, Promise.resolve(presence));
      return this.#tell(accountId, presence, this.#settings.publish);
    }
  }

  /** Another process has told the followers here. */
  heard(accountId: string, { online, operators, busy }: AccountPresence): void {
    const presence = { online, operators, busy };
    this.#remember(accountId, Promise.resolve(presence));
    this.#told.set(accountId, JSON.stringify(presence));
  }

  /** Nobody here follows this account any more or yet, so what is remembered of it may be old. */
  forget(accountId: string): void {
    this.#cache.delete(accountId);
    this.#told.delete(accountId);
  }

  /** Tells the followers here what they were not told; returns how many accounts it found so. */
  async refresh(accountIds: string[]): Promise<number> {
    const followed = new Set(accountIds);
    for (const accountId of this.#told.keys()) if (!followed.has(accountId)) this.#told.delete(accountId);
    let found = 0;
    for (const [accountId, presence] of await this.#read(accountIds)) {
      const told = this.#told.get(accountId);
      if (told === JSON.stringify(presence)) continue;
      this.#remember(accountId, Promise.resolve(presence));
      this.#tell(accountId, presence, this.#settings.deliver);
      if (told !== undefined) found += 1;
    }
    return found;
  }

  #tell(accountId: string, presence: AccountPresence, tell: Settings['publish']): void {
    this.#told.set(accountId, JSON.stringify(presence));
    const event: HubEvent = { type: 'presence', ...presence };
    tell({ topic: topics.account(accountId), droppable: true, event });
    tell({ topic: topics.visitors(accountId), droppable: true, event });
  }

  #ask(accountId: string): Promise<AccountPresence> {
    const presence = this.#read([accountId]).then((all) => all.get(accountId) ?? nobody());
    this.#remember(accountId, presence);
    presence.catch(() => this.#cache.delete(accountId));
    return presence;
  }

  #remember(accountId: string, presence: Promise<AccountPresence>): void {
    this.#cache.set(accountId, { until: performance.now() + CACHE_MS, presence });
    if (this.#cache.size > CACHE_MOST) this.#cache.delete(this.#cache.keys().next().value ?? '');
  }

  async #read(accountIds: string[]): Promise<Map<string, AccountPresence>> {
    const all = new Map<string, AccountPresence>();
    for (const row of await readPresence(this.#settings.db, accountIds)) {
      const presence = all.get(row.accountId) ?? nobody();
      presence.operators[row.operatorId] = row.present ? row.status : 'offline';
      const online = row.present && row.status === 'online';
      presence.online ||= online;
      if (online && row.busy) presence.busy.push(row.operatorId);
      all.set(row.accountId, presence);
    }
    return all;
  }

  /** Says whether the operator was present already, by another process. */
  #register(actor: OperatorActor): Promise<boolean> {
    const { accountId, operatorId } = actor;
    return this.#inTurn(actor, async (tx) => {
      await sql`insert into operator_sessions (account_id, operator_id, node_id)
        values (${accountId}, ${operatorId}, ${this.lease.nodeId}) on conflict do nothing`.execute(tx);
      return this.#isElsewhere(tx, actor);
    });
  }

  async #unregister(actor: OperatorActor): Promise<void> {
    const { accountId, operatorId } = actor;
    const elsewhere = await this.#inTurn(actor, async (tx) => {
      await sql`delete from operator_sessions where account_id = ${accountId} and operator_id = ${operatorId}
        and node_id = ${this.lease.nodeId}`.execute(tx);
      return this.#isElsewhere(tx, actor);
    });
    if (!elsewhere) await this.changed(accountId);
  }

  /** Who comes back while it is written that it has left is there in the end. */
  #inTurn<Result>(actor: OperatorActor, write: (tx: Tx) => Promise<Result>): Promise<Result> {
    return this.#turns.take(keyOf(actor), () => this.#settings.db.inAccount(actor.accountId, write));
  }

  async #isElsewhere(tx: Tx, { accountId, operatorId }: OperatorActor): Promise<boolean> {
    const { rows } = await sql`select from operator_sessions s join nodes n using (node_id)
      where s.account_id = ${accountId} and s.operator_id = ${operatorId} and n.node_id <> ${this.lease.nodeId}
      and n.lease_until > now() limit 1`.execute(tx);
    return rows.length > 0;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { leaving } of this.#lines.values()) clearTimeout(leaving);
    await this.lease[Symbol.asyncDispose]();
  }
}

const nobody = (): AccountPresence => ({ online: false, operators: {}, busy: [] });
const keyOf = ({ accountId, operatorId }: OperatorActor): string => `${accountId}:${operatorId}`;
