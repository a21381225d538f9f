import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chat, config, everybody, open, operator, run } from '../../test/waiting.ts';
import type { plan } from './plan.ts';

test('VI-13: the place in the queue counts those before who wait for the same people', () => {
  const of = (...audience: string[]) => ({ ...everybody, audience });
  const rules = config();
  rules.departments = [
    { id: 's', name: 'Sales', operators: ['anna'] },
    { id: 'h', name: 'Help', operators: ['bela'] },
  ];
  rules.destinations = {
    anna: [{ language: 'en', departmentId: 's' }],
    bela: [{ language: 'en', departmentId: 'h' }],
  };
  const sales = { department: { id: 's', name: 'Sales' }, desk: of('anna') };
  const help = { department: { id: 'h', name: 'Help' }, desk: of('bela') };
  const desks = [chat(sales), chat(help), chat(sales), chat(help)];
  const { places, steps } = run({ config: rules, desks });
  assert.deepEqual(steps, []);
  assert.deepEqual(
    desks.map(({ id }) => places.get(id)?.position),
    [1, 1, 2, 2],
  );
});

test('VI-13: whether somebody is there is said of the chat, not of the account; while it is closed, when it opens', () => {
  const rules = config();
  rules.departments = [
    { id: 's', name: 'Sales', operators: ['anna'] },
    { id: 'h', name: 'Help', operators: ['bela'] },
  ];
  rules.destinations = {
    anna: [{ language: 'en', departmentId: 's' }],
    bela: [{ language: 'en', departmentId: 'h' }],
  };
  const operators = [operator('anna', { load: 1, capacity: 1 }), operator('bela', { status: 'away' })];
  const sales = chat({ department: { id: 's', name: 'Sales' } });
  const help = chat({ department: { id: 'h', name: 'Help' } });
  const left = open('gone', { department: { id: 'h', name: 'Help' } });
  const told = (places: ReturnType<typeof plan>['places']) =>
    [sales, help, left].map(({ id }) => {
      const { online, opensAt } = places.get(id) ?? {};
      return { online, opensAt };
    });
  const waiting = { operators, desks: [sales, help], left: [left] };
  assert.deepEqual(told(run({ ...waiting, config: rules }).places), [
    { online: true, opensAt: null },
    { online: false, opensAt: null },
    { online: false, opensAt: null },
  ]);
  // NOW is a Sunday.
  const week = Array.from({ length: 7 }, (_, day) => (day === 0 ? [{ from: '09:00', to: '17:00' }] : []));
  const hours = { timeZone: 'UTC', week, exceptions: [] };
  const closed = { ...rules, settings: { ...rules.settings, hours } };
  const monday = { online: false, opensAt: '2026-11-23T09:00:00.000Z' };
  assert.deepEqual(told(run({ ...waiting, config: closed }).places), [monday, monday, monday]);
});

test('VI-13: who loses an operator is served before those who came later', () => {
  const left = open('gone');
  const later = chat();
  const { places } = run({ desks: [later], left: [left] });
  assert.deepEqual([places.get(left.id)?.position, places.get(later.id)?.position], [1, 2]);
});
