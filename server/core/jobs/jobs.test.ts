import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { after, before, beforeEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod/mini';
import { testDatabase, type TestDatabase } from '../../test/database.ts';
import { createLogger } from '../logger.ts';
import { Jobs, type Times } from './jobs.ts';
import { job, type Attempt, type Queue } from './queue.ts';

/** One that is installed; what it carries is ours here. */
const queue = {
  name: 'mail',
  payload: z.object({ word: z.string() }),
  retry: { times: 16, first: 60, longest: 4 * 3600 },
} satisfies Queue;
const times: Times = { leaseMs: 1000, holdsMs: 700, beatMs: 100, lookMs: 200 };

let database: TestDatabase;
before(async () => {
  database = await testDatabase();
});
after(() => database[Symbol.asyncDispose]());
beforeEach(() => rows('delete from pgboss.job'));

const rows = async (text: string): Promise<Record<string, unknown>[]> =>
  (await database.context.db.run(text)).rows;

async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (!(await holds())) {
    assert.ok(Date.now() < deadline, what);
    await sleep(20);
  }
}

/** A process that works; `isCut` cuts it off from the database. */
async function worker(
  work: (attempt: Attempt) => Promise<void>,
  isCut: () => boolean = () => false,
): Promise<Jobs> {
  const { db } = database.context;
  const run = (text: string, values?: unknown[]) =>
    isCut() ? Promise.reject(new Error('no route')) : db.run(text, values);
  const cut = new Proxy(db, {
    get: (of, name) => (name === 'run' ? run : Reflect.get(of, name, of)),
  });
  const jobs = new Jobs({ db: cut, log: createLogger('silent'), supervise: true, times });
  await jobs.open();
  await jobs.start([job(queue, (_, attempt) => work(attempt))]);
  return jobs;
}
const add = () =>
  database.context.db.inAccount(randomUUID(), (tx) =>
    database.context.jobs.add(tx, queue, 'one', { word: 'one' }),
  );

test('I6: work that takes far longer than a lease is not begun by anybody else', async () => {
  let begun = 0;
  const done = Promise.withResolvers<void>();
  const work = () => {
    begun += 1;
    return done.promise;
  };
  await using workers = new AsyncDisposableStack();
  workers.use(await worker(work));
  workers.use(await worker(work));
  await add();
  const long = `select from pgboss.job where heartbeat_on - started_on > interval '3 seconds'`;
  await until('signs of life', async () => (await rows(long)).length === 1);
  done.resolve();
  await until(
    'the end',
    async () => (await rows(`select from pgboss.job where state = 'completed'`)).length === 1,
  );
  assert.equal(begun, 1);
});

test('I6: who is cut off breaks its work off before another one begins it, which is soon', async () => {
  const happened: string[] = [];
  let isCut = false;
  const first = async ({ signal }: Attempt) => {
    happened.push('begun');
    isCut = true;
    await once(signal, 'abort');
    happened.push('broken off');
    throw signal.reason;
  };
  await using workers = new AsyncDisposableStack();
  workers.use(await worker(first, () => isCut));
  await add();
  await until('the work', () => happened.length > 0);
  workers.use(await worker(async () => void happened.push('begun by another')));
  await until('the other', () => happened.length >= 3);
  assert.deepEqual(happened, ['begun', 'broken off', 'begun by another']);
  isCut = false;
});
