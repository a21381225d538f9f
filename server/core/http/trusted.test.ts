import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StartRefused } from '../start-refused.ts';
import { trustedProxies } from './trusted.ts';

test('an address is trusted when it or its range is listed, also as IPv4 in IPv6', () => {
  const trusted = trustedProxies(['127.0.0.1', '10.1.0.0/16', 'fd00::/8', '2001:db8::1']);
  const table: [string, boolean][] = [
    ['127.0.0.1', true],
    ['::ffff:127.0.0.1', true],
    ['127.0.0.2', false],
    ['10.1.255.255', true],
    ['10.2.0.0', false],
    ['::ffff:10.1.2.3', true],
    ['fd12::1', true],
    ['fe80::1', false],
    ['2001:db8::1', true],
    ['2001:db8::2', false],
  ];
  for (const [address, expected] of table) assert.equal(trusted(address), expected, address);
});

test('C2: what is no address is never trusted, and nothing is without a list', () => {
  const trusted = trustedProxies(['0.0.0.0/0', '::/0']);
  for (const text of [
    '',
    'x',
    'unknown',
    '1.2.3',
    '1.2.3.4.5',
    '127.0.0.1:80',
    '[::1]',
    '999.1.1.1',
    '::ffff:999.1.1.1',
    ' 127.0.0.1',
  ]) {
    assert.equal(trusted(text), false, text);
  }
  assert.equal(trustedProxies([])('127.0.0.1'), false);
});

test('a range that is none keeps the server from starting, by name', () => {
  for (const range of ['x', '10.0.0.0/33', '10.0.0.0/x', '::/129', '1.2.3', '/']) {
    assert.throws(
      () => trustedProxies([range]),
      (error) => error instanceof StartRefused && error.message.includes(`"${range}"`),
      range,
    );
  }
});
