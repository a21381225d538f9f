import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testDatabase } from '../../test/database.ts';
import { Lease } from './lease.ts';

test('a process notices at its next beat who came, lost the broker, found it again, and died', async () => {
  await using database = await testDatabase();
  const { db, logger: log } = database.context;
  const counts = { missed: 0, taken: 0 };
  let otherHears = true;
  const mine = new Lease({
    db,
    log,
    hears: () => true,
    taken: async () => undefined,
    missed: () => (counts.missed += 1),
  });
  const other = new Lease({
    db,
    log,
    hears: () => otherHears,
    taken: async () => void (counts.taken += 1),
    missed: () => undefined,
  });
  const look = async () => {
    await mine.renew();
    return { missed: counts.missed, isCutOff: mine.isCutOff };
  };
  await mine.start();
  await other.start();
  assert.deepEqual(await look(), { missed: 0, isCutOff: false }, 'nothing is missed by a newcomer');
  otherHears = false;
  await other.renew();
  assert.deepEqual(await look(), { missed: 1, isCutOff: true });
  otherHears = true;
  await other.renew();
  assert.deepEqual(await look(), { missed: 2, isCutOff: false });
  await db.unscoped.query(`update nodes set lease_until = now() - interval '1 second' where node_id = $1`, [
    other.nodeId,
  ]);
  assert.deepEqual(await look(), { missed: 3, isCutOff: false }, 'its lease has lapsed');
  assert.equal(counts.taken, 1);
  await other.renew();
  assert.equal(counts.taken, 2, 'who was thought dead registers anew');
  assert.deepEqual(await look(), { missed: 3, isCutOff: false });
  await other[Symbol.asyncDispose]();
  assert.deepEqual(await look(), { missed: 4, isCutOff: false }, 'it has left');
  await mine[Symbol.asyncDispose]();
});
