import assert from 'node:assert/strict';
import { test } from 'node:test';
import { problem, refusals } from '#protocol/errors.ts';
import { problemOf, Refusal, refusalFrom } from './errors.ts';

const withCode = (code: string, message = 'canary') => Object.assign(new Error(message), { code });

test('F2: what passes by itself is told as unavailable, everything else as our fault, and neither tells its text', () => {
  const passing = [
    ...['08006', '08P01', '53300', '53200', '57P01', '57P03', '57014', '58030'].map((code) => withCode(code)),
    ...['ECONNREFUSED', 'ECONNRESET', 'ENOENT', 'EPIPE', 'ETIMEDOUT'].map((code) => withCode(code)),
    new Error('Connection terminated unexpectedly'),
    new Error('Connection terminated'),
    new Error('timeout exceeded when trying to connect'),
  ];
  for (const thrown of passing) {
    const { refusal, ours } = refusalFrom(thrown);
    assert.deepEqual([refusal.code, refusal.after, ours], ['unavailable', 1, true], String(thrown));
  }
  for (const thrown of [
    withCode('23505'),
    withCode('42P01'),
    withCode('ENOSPC'),
    new TypeError('canary'),
    'canary',
    null,
    undefined,
  ]) {
    const { refusal, ours } = refusalFrom(thrown);
    assert.deepEqual([refusal.code, ours], ['internal', true], String(thrown));
    assert.doesNotMatch(JSON.stringify(problemOf(refusal)), /canary/);
  }
});

test('a refusal is told as it is, with the status of its code', () => {
  for (const code of Object.keys(refusals) as (keyof typeof refusals)[]) {
    const made = new Refusal(code, 'Because.', { fields: { name: 'Too long.' }, after: 2 });
    assert.deepEqual(refusalFrom(made), { refusal: made, ours: false });
    const told = problem.parse(problemOf(made));
    assert.deepEqual(
      [told.status, told.code, told.detail, told.fields, told.after],
      [refusals[code].status, code, 'Because.', { name: 'Too long.' }, 2],
    );
  }
});
