import pg from 'pg';
import type { OperatorActor } from '../core/actor.ts';
import { usualLimits, type AllLimits } from '../core/realtime/connection.ts';
import { signOut } from '../features/auth/sign-out.ts';
import type { Absence } from '../features/operators/absence.ts';
import { serve, testDatabase, type Serving } from './database.ts';
import { makeAccount } from './factories.ts';
import { speakerOf } from './speakers.ts';

/** A server on one database that can be restarted and killed, and persons who are signed in to it. */
export type House = {
  server: () => Serving;
  /** A way to the data beside the server. */
  truth: pg.Client;
  persons: readonly OperatorActor[];
  /** The Cookie header of a person. */
  cookie: (person: number) => string;
  /** Resolves when a session that is being ended has been replaced. */
  signedIn: () => Promise<void>;
  /** As an upgrade: says goodbye, finishes what was accepted, and starts again elsewhere. */
  restart: () => Promise<void>;
  /** As `kill -9`: what is on its way to the database is cut off. What the old one still does, nobody hears. */
  crash: () => Promise<void>;
  /** Ends the person's session, and signs it in again. */
  revoke: (person: number) => Promise<void>;
  [Symbol.asyncDispose]: () => Promise<void>;
};

// The limits have tests of their own; here they would only slow things down.
const unlimited = { perMinute: 1e9, burst: 1e9 };
const limits: AllLimits = {
  chat: { ...usualLimits.chat, commands: unlimited, others: unlimited },
  console: { ...usualLimits.console, commands: unlimited, others: unlimited },
};
// Who has no line is lost at once, so that every cut may take a chat away.
const absence: Absence = { graceMs: 0, lostAfterMs: 0 };
const env = { FOYER_LOG_LEVEL: 'silent' };

/** Persons 0 and 1 are normal operators, person 2 is an administrator. */
export async function openHouse(): Promise<House> {
  const database = await testDatabase(env);
  const truth = new pg.Client({ connectionString: database.url });
  await truth.connect();
  const open = () => serve(database.url, env, limits, undefined, absence);
  let server = await open();
  const left: Promise<void>[] = [];
  const home = await makeAccount(server.context);
  const persons = [await home.addOperator('normal'), await home.addOperator('normal'), home.administrator];

  async function signIn(person: OperatorActor): Promise<{ cookie: string; sessionId: string }> {
    const { headers, actor } = await speakerOf(server.context, person);
    if (actor.kind !== 'operator') throw new Error('an operator signs in as an operator');
    return { cookie: headers['cookie'] ?? '', sessionId: actor.sessionId };
  }
  const sessions = await Promise.all(persons.map(signIn));
  let changing: Promise<void> = Promise.resolve();

  async function renew(person: number): Promise<void> {
    const actor = persons[person];
    const session = sessions[person];
    if (!actor || !session) throw new Error(`there is no person ${person}`);
    const { personId } = actor;
    const ending = {
      sessionId: session.sessionId,
      signedInAt: new Date(),
      sessionExpiresAt: new Date(),
      platformAdministrator: false,
    };
    await signOut(server.context, { kind: 'person', personId, ...ending });
    sessions[person] = await signIn(actor);
  }

  return {
    server: () => server,
    truth,
    persons,
    cookie: (person) => sessions[person]?.cookie ?? '',
    signedIn: () => changing,
    restart: async () => {
      await server.stop();
      server = await open();
    },
    crash: async () => {
      await truth.query(`select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid()`);
      // Who is dead looks after nobody any more, and nobody would hear of it.
      await server.context.reconciler[Symbol.asyncDispose]();
      // The database has hung up on it, so its goodbye may fail.
      left.push(server.stop().catch(() => undefined));
      server = await open();
      // As if the time were over that it is believed to be only slow.
      await truth.query('update nodes set lease_until = now() where node_id <> $1', [
        server.context.presence.lease.nodeId,
      ]);
    },
    revoke: (person) => (changing = renew(person)),
    [Symbol.asyncDispose]: async () => {
      await server.stop();
      await Promise.all(left);
      await truth.end();
      await database[Symbol.asyncDispose]();
    },
  };
}
