import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { testDatabase, testServer } from '../../test/database.ts';
import { makeAccount } from '../../test/factories.ts';
import { untilSomebodyWaits } from '../../test/locks.ts';
import { Presence } from './presence.ts';

test('an arrival that could not be stored is none: the next one is stored anew, not believed', async () => {
  await using server = await testServer();
  const { presence } = server.context;
  const { administrator } = await makeAccount(server.context);
  // The database refuses somebody who is no operator of the account.
  const ghost = { ...administrator, operatorId: randomUUID() };
  await assert.rejects(presence.arrived(ghost));
  await assert.rejects(presence.arrived(ghost));
  await presence.arrived(administrator);
  const { operators } = await presence.of(administrator.accountId);
  assert.deepEqual(Object.keys(operators), [administrator.operatorId]);
});

test('who comes back while its absence is being written is there', async () => {
  await using test = await testDatabase();
  const { db, logger: log } = test.context;
  const { administrator } = await makeAccount(test.context);
  const tell = { publish: () => {}, deliver: () => {}, missed: () => {}, hears: () => true };
  await using presence = new Presence({ ...tell, db, log, graceMs: 0 });
  await presence.start();
  await presence.arrived(administrator);
  const held = await db.unscoped.connect();
  await held.query('begin');
  await held.query('select from operator_sessions for update');
  presence.left(administrator);
  await untilSomebodyWaits(test.context);
  const back = presence.arrived(administrator);
  // Time enough for an arrival that would not wait for its turn.
  for (let turn = 0; turn < 20; turn += 1) await presence.refresh([administrator.accountId]);
  await held.query('commit');
  held.release();
  await back;
  // Behind the writing that waited.
  await db.unscoped.query('select from operator_sessions for update');
  presence.forget(administrator.accountId);
  const { operators } = await presence.of(administrator.accountId);
  assert.deepEqual(operators, { [administrator.operatorId]: 'online' });
});
