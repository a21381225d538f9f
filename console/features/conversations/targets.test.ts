import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { State } from '#client/state.ts';
import { matching, meant, type Target, targetsOf } from './targets.ts';

const operator = (id: string, name: string): [string, { id: string; name: string; handle: string }] => [
  id,
  { id, name, handle: name.toLowerCase() },
];
const known = {
  operators: new Map([
    operator('a', 'Anna'),
    operator('b', 'Boris'),
    operator('c', 'Cleo'),
    operator('me', 'Me'),
  ]),
  presence: {
    online: true,
    operators: new Map([
      ['b', 'online'],
      ['c', 'away'],
      ['me', 'online'],
    ]),
  },
  routing: {
    departments: [{ id: 'd', name: 'Sales team', operators: ['a', 'b', 'me'] }],
    destinations: { b: [{ language: 'de', departmentId: null }] },
  },
  account: { language: 'de' },
} as unknown as State;
const names = (query: string) =>
  matching(targetsOf(known, { language: 'fr' }, 'me'), query).map((one) => one.name);

test('OC-12: colleagues who are there come first, never oneself, then departments with how many are there', () => {
  assert.deepEqual(
    targetsOf(known, { language: 'fr' }, 'me').map((one) => [
      one.name,
      one.kind === 'operator' ? one.status : one.there,
      one.speaks,
    ]),
    [
      ['Boris', 'online', false],
      ['Cleo', 'away', true],
      ['Anna', 'offline', true],
      ['Sales team', 1, false],
    ],
  );
});

test('OC-12: of an unknown language is the one of the account', () => {
  assert.equal(
    targetsOf(known, { language: 'und' }, 'me').every((one) => one.speaks),
    true,
  );
});

test('OC-12: found by handle, name, and words of a department', () => {
  assert.deepEqual(names('@boris'), ['Boris']);
  assert.deepEqual(names('SALES t'), ['Sales team']);
  assert.deepEqual(names('an')[0], 'Anna');
  assert.deepEqual(names('nobody'), []);
  assert.deepEqual(names(''), ['Boris', 'Cleo', 'Anna', 'Sales team']);
});

test('OC-12: a handle is whose it is, whoever else is called so and is there; of several none is chosen', () => {
  const one = (id: string, name: string, handle: string, status: 'online' | 'offline'): Target => ({
    kind: 'operator',
    id,
    name,
    handle,
    status,
    speaks: true,
  });
  const targets: Target[] = [
    one('1', 'Anna', 'a.vos', 'online'),
    one('2', 'Anna', 'a.berg', 'online'),
    one('3', 'Cleo', 'anna', 'offline'),
    { kind: 'department', id: '4', name: 'A.Vos', there: 1, speaks: true },
  ];
  const [vos, berg, cleo] = targets;
  assert.deepEqual(
    matching(targets, 'anna').map(({ id }) => id),
    ['3', '1', '2'],
  );
  assert.equal(meant(targets, '@anna'), cleo);
  assert.equal(meant(targets, 'A.Vos'), vos, 'also before a department of that name');
  assert.equal(meant([vos!, berg!], 'anna'), undefined);
  assert.equal(meant([vos!, berg!], 'berg'), berg, 'a part is enough where it is of one alone');
  assert.equal(meant(targets, 'nobody'), undefined);
});
