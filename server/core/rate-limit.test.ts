import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Refusal } from './errors.ts';
import { addressKey, RateLimit } from './rate-limit.ts';

test('a burst is granted, then one for each part of the minute, never more than the burst', () => {
  const limit = new RateLimit({ perMinute: 60, burst: 5 });
  const granted = (now: number, tries: number) =>
    Array.from({ length: tries }, () => limit.take('a', now)).filter((after) => after === 0).length;
  assert.equal(granted(0, 20), 5);
  assert.equal(granted(999, 5), 0);
  assert.equal(granted(1000, 5), 1);
  assert.equal(granted(3500, 5), 2);
  assert.equal(granted(4000, 5), 1, 'halves add up');
  assert.equal(granted(3_600_000, 20), 5);
});

test('who is refused learns when to come back, and is granted then', () => {
  const limit = new RateLimit({ perMinute: 6, burst: 1 });
  assert.equal(limit.take('a', 0), 0);
  const after = limit.take('a', 4000);
  assert.ok(after > 5.9 && after < 6.1, `${after}`);
  assert.ok(limit.take('a', 4000 + after * 1000 - 100) > 0);
  assert.equal(limit.take('a', 4000 + after * 1000 + 1), 0);
});

test('E3: keys do not share, and asking in vain costs nothing', () => {
  const limit = new RateLimit({ perMinute: 60, burst: 1 });
  assert.deepEqual([limit.take('a', 0), limit.take('b', 0)], [0, 0]);
  for (let now = 0; now < 1000; now += 10) assert.ok(limit.take('a', now) > 0);
  assert.equal(limit.take('a', 1001), 0);
});

test('a check throws rate_limited with whole seconds', () => {
  const limit = new RateLimit({ perMinute: 1, burst: 1 });
  limit.check('a');
  assert.throws(
    () => limit.check('a'),
    (error) =>
      error instanceof Refusal &&
      error.code === 'rate_limited' &&
      error.after === 60 &&
      error.message.endsWith('in 60 seconds.'),
  );
});

test('C2: it remembers no more keys than it may, and the busy ones longest', () => {
  const limit = new RateLimit({ perMinute: 1, burst: 1, keys: 100 });
  limit.take('busy', 0);
  for (let index = 0; index < 10_000; index += 1) {
    limit.take(`key ${index}`, 0);
    if (index % 50 === 0) assert.ok(limit.take('busy', 0) > 0, `forgotten after ${index}`);
  }
  assert.equal(limit.take('key 1', 0), 0, 'forgotten: forgiven');
});

test('C2: an IPv4 address counts alone, an IPv6 address with its /64', () => {
  const table: [string, string][] = [
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:2::1', '2001:db8:1:2::/64'],
    ['2001:db8:1:2:ffff::', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['2001:db8::', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['::', '0:0:0:0::/64'],
    ['1::8', '1:0:0:0::/64'],
    ['2001:db8::4:5:6:7:8', '2001:db8:0:4::/64'],
  ];
  for (const [address, key] of table) assert.equal(addressKey(address), key, address);
});

test('C2: the same /64 written in another way has the same key', () => {
  const same = [
    ['2001:db8:0:0:1::1', '2001:db8::1:0:0:1', '2001:db8:0:0::1'],
    ['fe80::1', 'fe80:0:0:0::2', 'fe80::1%eth0'],
  ];
  for (const addresses of same) assert.equal(new Set(addresses.map(addressKey)).size, 1, addresses.join());
});
