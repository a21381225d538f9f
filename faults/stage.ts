import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { Environment } from '#client/environment.ts';
import type { Side } from '#client/reduce.ts';
import { uuidv7 } from '#client/ref.ts';
import type { Visit } from '#protocol/chatboxes.ts';
import type { RoutingSettings } from '#protocol/routing.ts';
import type { OperatorActor, VisitorActor } from '../server/core/actor.ts';
import { createLogger } from '../server/core/logger.ts';
import { migrate } from '../server/core/database/migrate.ts';
import { installJobs } from '../server/core/jobs/install-jobs.ts';
import { allQueues } from '../server/features.ts';
import { readConfig } from '../server/config.ts';
import type { Context } from '../server/context.ts';
import { openSession } from '../server/features/auth/sign-in.ts';
import { mayRead } from '../server/features/conversations/policy.ts';
import { changeSettings } from '../server/features/routing/change-settings.ts';
import { issueTokens } from '../server/features/visitors/tokens.ts';
import { createContext } from '../server/start.ts';
import { makeAccount, PASSWORD, type TestAccount } from '../server/test/factories.ts';
import { brokenInvariants } from '../server/test/invariants.ts';
import { cookieOf, requestOf } from '../server/test/members.ts';
import { freePort } from '../server/test/ports.ts';
import { startChat } from '../server/test/speakers.ts';
import { check, type Findings, type View } from './checker.ts';
import { readJournals } from './journal.ts';
import type { Measured } from './recipe.ts';
import { Person } from './person.ts';
import { startPostgres, type Postgres } from './postgres.ts';
import type { Ground } from './recipe.ts';
import { ServerProcess } from './server-process.ts';
import { readHeads, readTruth } from './truth.ts';

export const SECRET = 'a secret of the faults that is long enough to sign with';

/** Longer than the reconciler's sweep: it has looked at everything once more. */
const QUIET_MS = 8000;

export type Ports = { console: number; chat: number };

export type StageOptions = {
  /** More settings of the server. */
  env?: Record<string, string>;
  /**
   * Puts something between clients and server: gets the server's ports and settings, answers the ports that clients
   * shall use.
   */
  through?: (ports: Ports, settings: Readonly<Record<string, string>>) => Promise<Ports>;
  /** The command that starts the server elsewhere than here, see network.ts. */
  launcher?: readonly string[];
  /** Where the n-th person finds the server; 127.0.0.1 by default. */
  host?: (person: number) => string;
  /** What the n-th person takes from surroundings of its own. */
  surroundings?: (person: number) => Partial<Environment>;
};

/** A chat that an operator has taken; both sides follow it. */
export type Chat = { id: string; visitor: Person; operator: Person };

/**
 * Everything that a recipe torments: a PostgreSQL and a server process of its own, and people with the real client core.
 * `settle` waits for peace and judges.
 */
export class Stage implements AsyncDisposable {
  readonly postgres: Postgres;
  readonly server: ServerProcess;
  /** Where clients go; the server's own ports without `through`. */
  readonly ports: Ports;
  readonly people: Person[] = [];
  readonly random: () => number;
  readonly #context: Context;
  readonly #operators = new Map<Person, OperatorActor>();
  readonly #journals: string;
  readonly #host: (person: number) => string;
  readonly #surroundings: ((person: number) => Partial<Environment>) | undefined;

  private constructor(made: {
    postgres: Postgres;
    server: ServerProcess;
    ports: Ports;
    context: Context;
    ground: Ground;
    options: StageOptions;
  }) {
    this.postgres = made.postgres;
    this.server = made.server;
    this.ports = made.ports;
    this.#context = made.context;
    this.random = made.ground.random;
    this.#journals = join(made.ground.folder, 'journals');
    this.#host = made.options.host ?? (() => '127.0.0.1');
    this.#surroundings = made.options.surroundings;
  }

  static async open(ground: Ground, options: StageOptions = {}): Promise<Stage> {
    const { env, through, launcher } = options;
    const postgres = await startPostgres(join(ground.folder, 'database'));
    const connection = { connectionString: postgres.url };
    await migrate(connection);
    await installJobs(connection, allQueues);
    const own: Ports = { console: await freePort(), chat: await freePort() };
    const settings = {
      DATABASE_URL: postgres.url,
      FOYER_DATA: join(ground.folder, 'data'),
      FOYER_SECRET: SECRET,
      FOYER_BIND: '127.0.0.1',
      FOYER_CONSOLE_PORT: String(own.console),
      FOYER_CHAT_PORT: String(own.chat),
      FOYER_LOG_LEVEL: 'warn',
      // Every client speaks from an address of its own (Person), as if a proxy had said so.
      FOYER_TRUSTED_PROXIES: '127.0.0.1',
      ...env,
    };
    // Accounts and credentials are made past the server: signing up is not what is tried here.
    const context = await createContext(readConfig(settings), SECRET, connection, createLogger('silent'));
    // What it would write by itself, the people on the server would not be told of.
    await context.reconciler[Symbol.asyncDispose]();
    const ports = (await through?.(own, settings)) ?? own;
    const server = new ServerProcess(settings, launcher);
    await server.start();
    return new Stage({ postgres, server, ports, context, ground, options });
  }

  addAccount(): Promise<TestAccount> {
    return makeAccount(this.#context);
  }

  /** Changes who gets an account's visitors. */
  async settings(account: TestAccount, change: Partial<RoutingSettings>): Promise<void> {
    await changeSettings(this.#context, account.administrator, change);
  }

  /** Whom an operator is known as. */
  idOf(operator: Person): string {
    return this.#operators.get(operator)?.operatorId ?? '';
  }

  /** A new visitor, or one more tab of the visitor that `actor` is. It is not online yet. */
  addVisitor(account: TestAccount, actor: VisitorActor = account.visitor()): Person {
    let held = issueTokens(this.#context.key('visitor'), actor);
    const person: Person = this.#add('visitor', this.ports.chat, this.#context.config.chat.url, {
      credential: async (refused) => {
        const { access, refresh } = await held;
        if (!refused) return { token: access };
        const visit = await person.post<Visit>('/v1/visitor/session', { key: account.key, refresh });
        held = Promise.resolve(visit);
        return { token: visit.access };
      },
    });
    return person;
  }

  /** A new operator who has signed in. It is not online yet. */
  async addOperator(account: TestAccount): Promise<Person> {
    const actor = await account.addOperator('normal');
    const email = `${actor.operatorId}@example.com`;
    const opened = await openSession(this.#context, { email, password: PASSWORD }, requestOf());
    if (!opened) throw new Error(`${email} cannot sign in`);
    const person = this.#add('operator', this.ports.console, this.#context.config.console.url, {
      credential: async () => ({ operatorId: actor.operatorId }),
      headers: { cookie: cookieOf(opened) },
    });
    this.#operators.set(person, actor);
    return person;
  }

  #add(
    side: Side,
    port: number,
    url: string,
    more: Pick<ConstructorParameters<typeof Person>[0], 'credential'> & { headers?: Record<string, string> },
  ): Person {
    const number = this.people.length;
    const person = new Person({
      ...more,
      name: `${side}-${number}`,
      side,
      journals: this.#journals,
      origin: `http://${this.#host(number)}:${port}`,
      headers: { origin: url, 'x-forwarded-for': addressOf(number), ...more.headers },
      random: this.random,
      surroundings: this.#surroundings?.(number),
    });
    this.people.push(person);
    return person;
  }

  /** A visitor's first message, which the operator takes. */
  async begin(visitor: Person, operator: Person): Promise<Chat> {
    for (const { client } of [visitor, operator]) client.start();
    const done = await visitor.say(firstMessage('Hello'));
    if (done?.conversationId === undefined) throw new Error(`${visitor.name} could not begin`);
    const conversationId = done.conversationId;
    await operator.say({ type: 'conversation.accept', ref: uuidv7(), conversationId });
    operator.client.follow(conversationId);
    for (const person of [visitor, operator]) person.follows.add(conversationId);
    return { id: conversationId, visitor, operator };
  }

  /** Accounts with operators and visitors, every visitor in a chat, everybody online. An operator has at most 40 chats. */
  async fill(amounts: { accounts: number; operators: number; visitors: number }): Promise<Chat[]> {
    const houses: { account: TestAccount; operators: Person[] }[] = [];
    for (let index = 0; index < amounts.accounts; index += 1) {
      houses.push({ account: await this.addAccount(), operators: [] });
    }
    const at = <T>(list: T[], index: number) => list[index % list.length] as T;
    for (let index = 0; index < amounts.operators; index += 1) {
      const house = at(houses, index);
      house.operators.push(await this.addOperator(house.account));
    }
    const pairs = Array.from({ length: amounts.visitors }, (_, index) => {
      const house = at(houses, index);
      const operator = at(house.operators, Math.floor(index / houses.length));
      return [this.addVisitor(house.account), operator] as const;
    });
    await this.comeOnline();
    return Promise.all(pairs.map(([visitor, operator]) => this.begin(visitor, operator)));
  }

  /** Everybody comes, some at a time, as people do. */
  async comeOnline(): Promise<void> {
    for (const [index, { client }] of this.people.entries()) {
      client.start();
      if (index % 50 === 49) await wait(100);
    }
    await this.everybodyOnline();
  }

  /** Resolves when everybody is online, to the seconds that it took; throws when `seconds` are over. */
  async everybodyOnline(seconds = 60): Promise<number> {
    const begun = performance.now();
    if (await this.returned(seconds)) return (performance.now() - begun) / 1000;
    const away = this.people.filter(({ client }) => client.getState().line !== 'online');
    const who = away.map(({ name, client, attempts }) => `${name} ${client.getState().line} ${attempts}`);
    throw new Error([`${who.length} are away`, ...who.slice(0, 5), ...this.server.log.slice(-5)].join('\n'));
  }

  /** Lines that anybody has tried to open. */
  get attempts(): number {
    return this.people.reduce((sum, person) => sum + person.attempts, 0);
  }

  /** True as soon as everybody is online, false when that has not come within `seconds`. */
  returned(seconds: number): Promise<boolean> {
    return happens(() => this.people.every(({ client }) => client.getState().line === 'online'), seconds);
  }

  /**
   * Waits until everybody shows what is stored, or `seconds` are over; then compares everything. `converged`: seconds
   * that it took. Call it last, when the faults are over: it takes everybody off the line.
   */
  async settle(seconds: number): Promise<{ findings: Findings; violated: string[]; converged: number }> {
    const begun = performance.now();
    const since = () => (performance.now() - begun) / 1000;
    while (!(await this.#atPeace()) && since() < seconds) await wait(50);
    const converged = since();
    // From here on nobody hears anything, so that what is read next is the end of every story.
    for (const { client } of this.people) client.stop();
    // At once: that nobody is there any more changes chats as well, a while later.
    const truth = await readTruth(this.postgres);
    const history = readJournals(this.#journals);
    const findings = check(history, truth, this.#views(truth));
    const broken = await brokenInvariants((text) => this.postgres.query(text));
    return { findings, violated: [...broken, ...this.server.misdeeds], converged };
  }

  /** Waits until the server adds nothing of its own any more; false when it still does after `seconds`. */
  async quiet(seconds: number): Promise<boolean> {
    const end = performance.now() + seconds * 1000;
    let heads = await readHeads(this.postgres);
    for (let since = performance.now(); performance.now() - since < QUIET_MS;) {
      if (performance.now() > end) return false;
      await wait(200);
      const now = await readHeads(this.postgres);
      if (!isDeepStrictEqual(now, heads)) [heads, since] = [now, performance.now()];
    }
    return true;
  }

  async #atPeace(): Promise<boolean> {
    if (!this.people.every(({ settled }) => settled)) return false;
    const heads = await readHeads(this.postgres);
    return this.people.every((person) => {
      const { threads, accountSeq } = person.client.getState();
      const actor = this.#operators.get(person);
      if (actor && accountSeq !== heads.get(actor.accountId)) return false;
      return [...person.follows].every((id) => threads.get(id)?.conversation.lastSeq === heads.get(id));
    });
  }

  #views(truth: Awaited<ReturnType<typeof readTruth>>): View[] {
    const accountOf = new Map(truth.map(({ accountId, conversation }) => [conversation.id, accountId]));
    return this.people.map((person) => {
      const actor = this.#operators.get(person);
      if (!actor) return person.view();
      const shown = person.client.getState().conversations;
      const belongs: NonNullable<View['list']>['belongs'] = (conversation) =>
        accountOf.get(conversation.id) === actor.accountId && mayRead(actor, conversation);
      return { ...person.view(), list: { shown, belongs } };
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const person of this.people) person[Symbol.dispose]();
    await this.server[Symbol.asyncDispose]();
    await this.#context.jobs[Symbol.asyncDispose]();
    await this.#context.db[Symbol.asyncDispose]();
    await this.postgres.stop();
  }
}

/** Where the n-th person speaks from, as a proxy would say. */
export const addressOf = (person: number): string => `10.0.${person >> 8}.${person & 255}`;

export const firstMessage = (text: string) => ({ ref: uuidv7(), ...startChat(text) });

/** True as soon as `test` holds, false when it has not within `seconds`. */
export async function happens(test: () => boolean, seconds: number): Promise<boolean> {
  const end = performance.now() + seconds * 1000;
  while (!test()) {
    if (performance.now() > end) return false;
    await wait(10);
  }
  return true;
}

/** How long these people's messages took to be acknowledged. */
export const acknowledgements = (people: Person[]): Measured => ({
  what: 'a message is acknowledged',
  seconds: people.flatMap(({ waits }) => waits),
  target: 10,
});

/** Times that anybody has come online. */
export const arrivals = ({ people }: Stage): number =>
  people.reduce((sum, person) => sum + person.arrivals, 0);
