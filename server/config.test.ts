import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { readConfig } from './config.ts';
import { StartRefused } from './core/start-refused.ts';

const SECRET = randomBytes(24).toString('base64');

const folder = mkdtempSync(join(tmpdir(), 'foyer-config-'));
after(() => rmSync(folder, { recursive: true }));

const fileOf = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

function mistakesOf(env: Record<string, string>): string {
  try {
    readConfig(env);
  } catch (error) {
    assert.ok(error instanceof StartRefused && error.code === 'bad_configuration');
    return error.message;
  }
  return '';
}

test('without any setting the server runs on the usual ports, and addresses follow the ports', () => {
  const config = readConfig({});
  assert.deepEqual(
    [config.console, config.chat],
    [
      { port: 8080, url: 'http://localhost:8080' },
      { port: 8081, url: 'http://localhost:8081' },
    ],
  );
  assert.deepEqual(
    [config.trustedProxies, config.secret, config.databaseUrl, config.logLevel],
    [[], undefined, undefined, 'info'],
  );
  assert.equal(readConfig({ FOYER_CHAT_PORT: '9001' }).chat.url, 'http://localhost:9001');
});

test('settings are read, an empty one is none, and what is not ours is left alone', () => {
  const config = readConfig({
    FOYER_CONSOLE_URL: 'https://foyer.example/',
    FOYER_CHAT_URL: 'https://chat.example',
    FOYER_TRUSTED_PROXIES: '10.0.0.0/8, ::1',
    FOYER_SECRET: SECRET,
    DATABASE_URL: '',
    PATH: '/bin',
    PORT: 'x',
  });
  assert.deepEqual([config.console.url, config.chat.url], ['https://foyer.example', 'https://chat.example']);
  assert.deepEqual(config.trustedProxies, ['10.0.0.0/8', '::1']);
  assert.equal(config.databaseUrl, undefined);
});

test('all mistakes are told at once, each by its name', () => {
  const wrong = {
    FOYER_CONSOLE_PORT: '99999',
    FOYER_CHAT_PORT: 'http',
    FOYER_CONSOLE_URL: 'foyer.example',
    FOYER_CHAT_URL: 'https://chat.example/path',
    FOYER_LOG_LEVEL: 'loud',
    FOYER_SECRET: 'short',
    DATABASE_URL: 'mysql://x',
    FOYER_COLOUR: 'blue',
    FOYER_DATA_FILE: join(folder, 'missing'),
  };
  const message = mistakesOf(wrong);
  for (const name of Object.keys(wrong)) assert.match(message, new RegExp(`${name} `), name);
  assert.doesNotMatch(message, /short|mysql:\/\/x/, 'a value may be a secret');
});

describe('one mistake', () => {
  const table: Record<string, [Record<string, string>, RegExp]> = {
    'an unknown setting': [{ FOYER_CHAT_ULR: 'https://chat.example' }, /FOYER_CHAT_ULR is not a setting/],
    'an unknown setting as a file': [{ FOYER_X_FILE: '/x' }, /FOYER_X_FILE is not a setting/],
    'a setting and its file': [
      { FOYER_SECRET: SECRET, FOYER_SECRET_FILE: fileOf('a', SECRET) },
      /FOYER_SECRET and FOYER_SECRET_FILE are both set/,
    ],
    'a file that is not there': [
      { DATABASE_URL_FILE: '/nonexistent/file' },
      /DATABASE_URL_FILE names \/nonexistent\/file/,
    ],
    'a port below 0': [{ FOYER_CHAT_PORT: '-1' }, /FOYER_CHAT_PORT/],
    'half a port': [{ FOYER_CHAT_PORT: '80.5' }, /FOYER_CHAT_PORT/],
    'an address of another scheme': [{ FOYER_CHAT_URL: 'javascript:alert(1)' }, /FOYER_CHAT_URL/],
    'one address for both': [
      { FOYER_CHAT_URL: 'https://foyer.example', FOYER_CONSOLE_URL: 'https://foyer.example/' },
      /two different origins/,
    ],
  };
  for (const [what, [env, sentence]] of Object.entries(table))
    test(`is told: ${what}`, () => assert.match(mistakesOf(env), sentence));
});

test('a broker is given by its address, a cluster by several, and wants what servers share', () => {
  const shared = { DATABASE_URL: 'postgres://x', FOYER_SECRET: randomBytes(32).toString('hex') };
  const broker = (url: string) => readConfig({ ...shared, FOYER_NATS_URL: url }).broker;
  assert.equal(readConfig(shared).broker, undefined);
  assert.deepEqual(broker('nats://a.example'), { servers: ['a.example'], tls: false });
  assert.deepEqual(broker('tls://me:p%40ss@a.example:4222,tls://b.example'), {
    servers: ['a.example:4222', 'b.example'],
    tls: true,
    user: 'me',
    pass: 'p@ss',
  });
  assert.deepEqual(broker('nats://secret@[::1]:4222'), {
    servers: ['[::1]:4222'],
    tls: false,
    token: 'secret',
  });
  for (const url of ['http://x', 'nats:', 'nats://', 'nats://a,', 'nats://a/path', 'a.example:4222'])
    assert.match(mistakesOf({ ...shared, FOYER_NATS_URL: url }), /FOYER_NATS_URL must be/, url);
  for (const name of Object.keys(shared))
    assert.match(
      mistakesOf({ ...shared, [name]: '', FOYER_NATS_URL: 'nats://a' }),
      /set DATABASE_URL and FOYER_SECRET too/,
    );
});

test('every setting may come as a file, whose last line ends somehow', () => {
  const config = readConfig({
    FOYER_SECRET_FILE: fileOf('secret', `${SECRET}\r\n`),
    DATABASE_URL_FILE: fileOf('url', 'postgres://x\n'),
    FOYER_CHAT_PORT_FILE: fileOf('port', '9000\n'),
  });
  assert.deepEqual([config.secret, config.databaseUrl, config.chat.port], [SECRET, 'postgres://x', 9000]);
});

test('C10: a secret that is an example or no secret is refused, and not repeated', () => {
  const examples = [
    's'.repeat(40),
    '0123456701234567012345670123456701234567',
    'change-me-change-me-change-me-change-me',
    'changeme0123456789abcdefghijklmnopqrstuv',
    'this-is-an-example-secret-of-40-letters!',
    'your_secret_goes_here_0123456789abcdefgh',
    'supersecret-supersecret-supersecret-1234',
    'replace this with something random please',
  ];
  for (const secret of examples) {
    const message = mistakesOf({ FOYER_SECRET: secret });
    assert.match(message, /FOYER_SECRET looks like an example; make one with/, secret);
    assert.ok(!message.includes(secret), 'a value may be a secret');
  }
  for (let time = 0; time < 100; time += 1) {
    for (const form of ['base64', 'hex'] as const) {
      const secret = randomBytes(32).toString(form);
      assert.equal(readConfig({ FOYER_SECRET: secret }).secret, secret);
    }
  }
});

test('OP-08: a mail server and a sender belong together, and each is checked without being repeated', () => {
  const from = 'Garden Shop <chat@shop.example>';
  const mail = (url: string, sender = from) =>
    readConfig({ FOYER_SMTP_URL: url, FOYER_MAIL_FROM: sender }).mail;
  assert.equal(readConfig({}).mail, undefined);
  const none = { user: undefined, pass: undefined };
  assert.deepEqual(mail('smtp://mail.example'), {
    smtp: { host: 'mail.example', port: 587, secure: false, ...none },
    from: { name: 'Garden Shop', address: 'chat@shop.example' },
  });
  assert.deepEqual(mail('smtps://me%40x:p%40ss@mail.example', 'chat@shop.example'), {
    smtp: { host: 'mail.example', port: 465, secure: true, user: 'me@x', pass: 'p@ss' },
    from: { name: '', address: 'chat@shop.example' },
  });
  assert.deepEqual(mail('smtp://[::1]:2525')?.smtp, { host: '::1', port: 2525, secure: false, ...none });
  for (const url of [
    'http://x',
    'smtp:',
    'smtp://',
    'mail.example:25',
    'smtp://u:sesame@x/path',
    'smtp://u:sesame@x?y=z',
  ]) {
    const message = mistakesOf({ FOYER_SMTP_URL: url, FOYER_MAIL_FROM: from });
    assert.match(message, /FOYER_SMTP_URL must be/, url);
    assert.doesNotMatch(message, /sesame/, 'a value may be a secret');
  }
  for (const sender of [
    'chat',
    'a@example.com, b@example.com',
    'A <a@example.com\nBcc: b@example.com>',
    '<a b@example.com>',
  ])
    assert.match(
      mistakesOf({ FOYER_SMTP_URL: 'smtp://x', FOYER_MAIL_FROM: sender }),
      /FOYER_MAIL_FROM must be/,
      sender,
    );
  assert.match(mistakesOf({ FOYER_SMTP_URL: 'smtp://x' }), /belong together/);
  assert.match(mistakesOf({ FOYER_MAIL_FROM: from }), /belong together/);
});

test('metrics are served on a port of their own when it is given, inside unless told otherwise', () => {
  assert.equal(readConfig({}).metrics, undefined);
  assert.deepEqual(readConfig({ FOYER_METRICS_PORT: '9464' }).metrics, { port: 9464, bind: '127.0.0.1' });
  const all = { FOYER_METRICS_PORT: '9464', FOYER_METRICS_BIND: '0.0.0.0' };
  assert.deepEqual(readConfig(all).metrics, { port: 9464, bind: '0.0.0.0' });
});
