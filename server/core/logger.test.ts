import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cpuMsOf } from '../test/cpu.ts';
import { concealing, createLogger } from './logger.ts';

function logged(write: (log: ReturnType<typeof createLogger>) => void): string[] {
  const lines: string[] = [];
  write(
    createLogger('debug', {
      write: (line) => void lines.push(line),
      secrets: ['this installation"s secret'],
    }),
  );
  return lines;
}

test('A10, F2: what stands under a secret name is never printed, at any depth that is logged', () => {
  const secrets = [
    'password',
    'token',
    'access',
    'refresh',
    'cookie',
    'authorization',
    'secret',
    'identity',
    'next',
    'current',
  ];
  for (const name of secrets) {
    const canary = { [name]: `canary-${name}` };
    const lines = logged((log) => {
      log.info(canary, 'depth 0');
      log.info({ request: canary }, 'depth 1');
      log.info({ request: { body: canary } }, 'depth 2');
      log.child(canary).warn('bound');
      log.error({ err: Object.assign(new Error('failed'), canary) }, 'on an error');
      log.error(
        { err: Object.assign(new Error('failed'), { cause: canary, detail: canary[name] }) },
        'under an error',
      );
    });
    assert.equal(lines.length, 6);
    assert.doesNotMatch(lines.join(''), /canary/, name);
  }
});

test('what the database repeats of a row is not printed, but where it happened is', () => {
  const error = Object.assign(new Error('duplicate key'), {
    code: '23505',
    detail: 'Key (email)=(canary@example.com)',
    where: 'canary',
    constraint: 'persons_email_key',
    table: 'persons',
  });
  const [line = ''] = logged((log) => log.error({ err: error }, 'failed'));
  assert.doesNotMatch(line, /canary/);
  const { err } = JSON.parse(line);
  assert.deepEqual(
    [err.code, err.constraint, err.table, err.message],
    ['23505', 'persons_email_key', 'persons', 'duplicate key'],
  );
});

test('A10: line ends and terminal codes in what people send stay inside one JSON line', () => {
  const evil = '\r\n{"level":"error","forged":true}\n\u001b[2J\u001b]0;owned\u0007\u009b31m\u2028\u0000';
  const lines = logged((log) => {
    log.warn({ path: evil, [evil]: evil, err: new Error(evil) }, evil);
  });
  assert.equal(lines.length, 1);
  const [line = ''] = lines;
  assert.equal(line.indexOf('\n'), line.length - 1);
  // eslint-disable-next-line no-control-regex -- they are what is looked for
  assert.doesNotMatch(line.slice(0, -1), /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/);
  const parsed = JSON.parse(line);
  assert.deepEqual([parsed.level, parsed.forged, parsed.path, parsed.msg], ['warn', undefined, evil, evil]);
});

test('A10, F2: a secret is removed by its value too, from messages and stacks', () => {
  const token = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJjYW5hcnkifQ.canary-canary_canary';
  const secrets = [
    'this installation"s secret',
    token,
    'Cookie: foyer_session=canary.canary%3D; foyer_device=canary',
    '__Host-foyer-visitor-AAAA=canary',
    'Bearer canary+/=',
    'postgres://foyer:canary@host/db',
    '$argon2id$v=19$m=1,t=1,p=1$canary$canary',
    'http://localhost/setup#canary',
  ];
  for (const secret of secrets) {
    const text = `before ${secret} after`;
    const [line = ''] = logged((log) =>
      log.warn({ deep: { deeper: { deepest: [text] } }, err: new Error(text) }, text),
    );
    const { msg, err, deep } = JSON.parse(line);
    for (const part of [msg, err.message, err.stack, deep.deeper.deepest[0]]) {
      assert.match(part, /before .*\[removed\].* ?after/s);
      assert.doesNotMatch(part, /canary|this installation/);
    }
  }
});

test('A10, F2: what came with a request under a secret name is not repeated by the error that it caused', () => {
  const input = {
    body: {
      email: 'somebody@example.com',
      password: 'pa$$ "word"',
      account: { next: 'canary' },
      token: 'abc',
    },
    headers: { cookie: 'own=canary', host: 'foyer.example' },
  };
  const text =
    'cannot digest pa$$ "word" of somebody@example.com on foyer.example with abc, canary and own=canary';
  const [line = ''] = logged((log) => concealing(log, input).error({ err: new Error(text) }, 'failed'));
  const { err, msg } = JSON.parse(line);
  const told =
    'cannot digest [removed] of somebody@example.com on foyer.example with abc, [removed] and [removed]';
  assert.equal(msg, 'failed');
  assert.equal(err.message, told);
  assert.ok(err.stack.includes(told));
});

test('A11: a line of 64 kB of anything is cleaned in less than 50 ms', () => {
  const parts = [
    'eyJ',
    '-eyJ',
    'eyJaaaaaa.',
    'foyer_',
    'foyer-a=',
    '://',
    '://:',
    '://a:b',
    'Bearer ',
    '$argon2id$',
    '/setup#',
    '\u009b',
  ];
  for (const part of parts) {
    const ms = cpuMsOf(() => logged((log) => log.info(part.repeat((64 * 1024) / part.length))));
    assert.ok(ms < 50, `${part}: ${ms} ms`);
  }
});
