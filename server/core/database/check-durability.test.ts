import assert from 'node:assert/strict';
import { test } from 'node:test';

import { checkDurability } from './check-durability.ts';

const good = {
  server_version_num: '140000',
  server_version: '14.0',
  fsync: 'on',
  full_page_writes: 'on',
  synchronous_commit: 'on',
};

function databaseWith(settings: Partial<typeof good>, source = 'configuration file') {
  const rows = Object.entries({ ...good, ...settings }).map(([name, setting]) => ({ name, setting, source }));
  return async () => ({ rows });
}

test('PostgreSQL 14 with every way of really committing is taken', async () => {
  for (const synchronous_commit of ['on', 'local', 'remote_write', 'remote_apply']) {
    await checkDurability(databaseWith({ synchronous_commit }));
  }
});

test('an older database is refused with its version', async () => {
  const old = databaseWith({ server_version_num: '130021', server_version: '13.21' });
  await assert.rejects(checkDurability(old), { code: 'database_too_old', message: /13\.21/ });
});

test('each setting that loses commits is refused with the statement that turns it on', async () => {
  for (const name of ['fsync', 'full_page_writes', 'synchronous_commit']) {
    await assert.rejects(checkDurability(databaseWith({ [name]: 'off' })), {
      name: 'StartRefused',
      code: 'database_not_durable',
      message: new RegExp(`ALTER SYSTEM SET ${name} = on; SELECT pg_reload_conf\\(\\);`),
    });
  }
});

test('a setting of the role is fixed at the role', async () => {
  await assert.rejects(checkDurability(databaseWith({ synchronous_commit: 'off' }, 'user')), {
    message: /ALTER ROLE CURRENT_USER RESET synchronous_commit;/,
  });
});
