import assert from 'node:assert/strict';
import { argon2Sync } from 'node:crypto';
import test from 'node:test';
import { hashPassword, verifyPassword } from './password.ts';

test('C2: a hash is an Argon2id PHC string of the recommended cost, salted anew each time', async () => {
  const [one, two] = await Promise.all([hashPassword('correct horse'), hashPassword('correct horse')]);
  assert.match(one, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$[\w+/]{22}\$[\w+/]{43}$/);
  assert.notEqual(one, two);
});

test('only the same password verifies, in whatever Unicode form it was typed', async () => {
  const stored = await hashPassword('pa\u00dfw\u00f6rt 12345');
  assert.equal(await verifyPassword(stored, 'pa\u00dfwo\u0308rt 12345'), true);
  assert.equal(await verifyPassword(stored, 'pa\u00dfwort 12345'), false);
});

test('a hash of other parameters verifies by those that it names', async () => {
  const nonce = Buffer.from('sixteen bytes of');
  const hash = argon2Sync('argon2id', {
    message: 'old password',
    nonce,
    memory: 64,
    passes: 3,
    parallelism: 2,
    tagLength: 16,
  });
  const [salt, tag] = [nonce, hash].map((bytes) => bytes.toString('base64').replaceAll('=', ''));
  const stored = `$argon2id$v=19$m=64,t=3,p=2$${salt}$${tag}`;
  assert.equal(await verifyPassword(stored, 'old password'), true);
  assert.equal(await verifyPassword(stored, 'new password'), false);
  await assert.rejects(verifyPassword('plain text', 'plain text'), /PHC/);
});
