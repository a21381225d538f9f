import assert from 'node:assert/strict';
import { test } from 'node:test';
import { proposeAccountName } from './account-name.ts';

test('makes a short name that the server takes', () => {
  assert.equal(proposeAccountName('Ängström & Söhne GmbH'), 'angstrom-sohne-gmbh');
  assert.equal(proposeAccountName('  The Tea Shop! '), 'the-tea-shop');
  assert.equal(proposeAccountName(`${'x'.repeat(39)} y`), 'x'.repeat(39));
  assert.equal(proposeAccountName('茶'), '');
});
