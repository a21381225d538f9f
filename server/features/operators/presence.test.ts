import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { testServer } from '../../test/database.ts';
import { makeAccount } from '../../test/factories.ts';

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
