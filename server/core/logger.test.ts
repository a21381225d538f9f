import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLogger } from './logger.ts';

function logged(write: (log: ReturnType<typeof createLogger>) => void): string[] {
  const lines: string[] = [];
  write(createLogger('debug', { write: (line) => void lines.push(line) }));
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
  assert.doesNotMatch(line.slice(0, -1), /[\u0000-\u001f]/);
  const parsed = JSON.parse(line);
  assert.deepEqual([parsed.level, parsed.forged, parsed.path, parsed.msg], ['warn', undefined, evil, evil]);
});
