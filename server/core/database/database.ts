import { Kysely, PostgresDialect, sql, type Transaction } from 'kysely';
import pg from 'pg';
import { checkDurability } from './check-durability.ts';
import type { Logger } from '../logger.ts';

/** Row types of all tables. Each feature's store adds its own by declaration merging, so that it owns its tables. */
export interface Tables {}

/** A transaction that sees the rows of one account (or one person) only. */
export type Tx = Transaction<Tables>;

export type PoolSettings = pg.PoolConfig;

// Numbers that fit: counters and bigint positions stay far below 2^53.
pg.types.setTypeParser(pg.types.builtins.INT8, Number);

/**
 * The ways to the data. All ordinary statements run as the role `foyer_app`, which owns nothing and is bound by
 * row-level security to the account named in the transaction. `unscoped` runs as `foyer_unscoped`, without that wall,
 * and belongs to server/unscoped.ts alone.
 */
export class Database implements AsyncDisposable {
  readonly #app: pg.Pool;
  readonly #kysely: Kysely<Tables>;
  readonly unscoped: pg.Pool;

  constructor(settings: PoolSettings, log: Logger) {
    this.#app = pool(settings, { role: 'foyer_app', max: 12 }, log);
    this.unscoped = pool(settings, { role: 'foyer_unscoped', max: 8, settings: KEYED }, log);
    this.#kysely = new Kysely<Tables>({ dialect: new PostgresDialect({ pool: this.#app }) });
  }

  /** For the identity library alone: persons, credentials and sessions belong to no account. */
  get persons(): Kysely<Tables> {
    return this.#kysely;
  }

  /** A statement of the jobs' own tables (core/jobs), as `foyer_app` without an account: it sees no row of any. */
  run(text: string, values?: unknown[]): Promise<pg.QueryResult> {
    return this.#app.query(text, values);
  }

  /** One transaction that sees the rows of `accountId` only. */
  inAccount<T>(accountId: string, work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.#within('app.account', accountId, work);
  }

  /** One transaction that sees what belongs to a person across accounts: its memberships, and their accounts' names. */
  asPerson<T>(personId: string, work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.#within('app.person', personId, work);
  }

  #within<T>(setting: 'app.account' | 'app.person', value: string, work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.#kysely.transaction().execute(async (tx) => {
      await sql`select set_config(${setting}, ${value}, true)`.execute(tx);
      return work(tx);
    });
  }

  /** Throws StartRefused when a commit would not mean that it is on disk. */
  checkDurability(): Promise<void> {
    return checkDurability((sql) => this.unscoped.query(sql));
  }

  /** True when the database answers within two seconds. */
  async answers(): Promise<boolean> {
    const late = new Promise<false>((resolve) => setTimeout(resolve, 2000, false).unref());
    const asked = this.unscoped.query('select 1').then(
      () => true,
      () => false,
    );
    return Promise.race([asked, late]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.#kysely.destroy(), this.unscoped.end()]);
  }
}

/**
 * All statements without row-level security find their rows by a key. They are planned once, for any size of the tables:
 * to plan an append anew took longer than to do a small one.
 */
const KEYED = [
  'plan_cache_mode=force_generic_plan',
  ...['seqscan', 'bitmapscan', 'hashjoin', 'mergejoin'].map((way) => `enable_${way}=off`),
  'jit=off',
];

function pool(
  connection: PoolSettings,
  { role, max, settings = [] }: { role: string; max: number; settings?: string[] },
  log: Logger,
): pg.Pool {
  const made = new pg.Pool({
    ...connection,
    max,
    connectionTimeoutMillis: 5000,
    idleTimeoutMillis: 60_000,
    statement_timeout: 15_000,
    idle_in_transaction_session_timeout: 30_000,
    application_name: `foyer ${role}`,
    options: [`role=${role}`, 'synchronous_commit=on', 'timezone=UTC', ...settings]
      .map((one) => `-c ${one}`)
      .join(' '),
  });
  // The pool does not listen to a connection that it has lent to a transaction, and an error that nobody hears ends the
  // process. The transaction's next statement fails and tells of it.
  made.on('connect', (client) => client.on('error', () => undefined));
  // Without a listener a lost idle connection would end the process (node-postgres #1611).
  made.on('error', (error) => {
    // The pool forgets its connections before they have said goodbye; that loss is the end, not a fault.
    if (!made.ending) log.warn({ err: error, role }, 'a database connection was lost');
  });
  return made;
}
