import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import type { Database } from '../../core/database/database.ts';
import type { Context } from '../../context.ts';
import { testDatabase, type TestDatabase } from '../../test/database.ts';
import { makeAccount, type TestAccount } from '../../test/factories.ts';
import { polyglots } from '../../test/polyglots.ts';
import { smtpSink, type SmtpSink } from '../../test/smtp-sink.ts';
import { deliverMail } from './deliver-mail.ts';
import { headerText, sendMail, type NewMail } from './send-mail.ts';
import { openSmtp } from './smtp.ts';

let sink: SmtpSink;
let database: TestDatabase;
let context: Context;
let account: TestAccount;

before(async () => {
  sink = await smtpSink({ login: 'me:hunter-22-pass' });
  database = await testDatabase({
    FOYER_SMTP_URL: sink.url,
    FOYER_MAIL_FROM: 'Foyer Chat <chat@foyer.example>',
  });
  ({ context } = database);
  account = await makeAccount(context);
});
after(async () => {
  await database[Symbol.asyncDispose]();
  await sink[Symbol.asyncDispose]();
});
beforeEach(() => {
  sink.received.length = 0;
  sink.trouble = undefined;
});

const mail = (more: Partial<NewMail> = {}): NewMail => ({
  to: { name: 'Anna Bell', address: 'anna@example.com' },
  subject: 'Hello',
  content: {
    brand: 'Shop',
    title: 'Hello Anna',
    blocks: [{ kind: 'text', text: 'First line' }],
    why: 'You asked for it.',
  },
  cause: 'person',
  ...more,
});

type Row = { mail_id: string; state: string; tries: number; error: string | null; content: unknown };
const rowOf = async (mailId: string): Promise<Row> => {
  const { rows } = await context.db.unscoped.query<Row>('select * from mails where mail_id = $1', [mailId]);
  assert.ok(rows[0]);
  return rows[0];
};

/** Writes it and answers its id. */
async function written(more: Partial<NewMail> = {}): Promise<string> {
  const known = await ids();
  await context.db.inAccount(account.accountId, (tx) => sendMail(context, tx, account.accountId, mail(more)));
  const added = (await ids()).find((id) => !known.includes(id));
  assert.ok(added);
  return added;
}
const ids = async (): Promise<string[]> =>
  (await context.db.unscoped.query<{ id: string }>('select mail_id as id from mails')).rows.map(
    ({ id }) => id,
  );

const goOn = new AbortController().signal;

async function deliver(mailId: string, last = false, signal = goOn): Promise<void> {
  const settings = context.config.mail;
  assert.ok(settings);
  const means = { settings, smtp: openSmtp(settings) };
  await deliverMail(context, means, { accountId: account.accountId, mailId }, { last, signal });
}

const headersOf = (raw: string): string[] =>
  raw
    .slice(0, raw.indexOf('\r\n\r\n'))
    .replace(/\r\n[ \t]+/g, ' ')
    .split('\r\n');
const namesOf = (raw: string): string[] => headersOf(raw).map((line) => line.slice(0, line.indexOf(':')));

const ONLY = [
  'Auto-Submitted',
  'Content-Type',
  'Date',
  'From',
  'MIME-Version',
  'Message-ID',
  'Subject',
  'To',
  'X-Auto-Response-Suppress',
];

test('OP-08: a mail arrives once, as text and HTML, with exactly our headers', async () => {
  const id = await written({ replyTo: 'visitor@example.org' });
  await deliver(id);
  const [one] = sink.received;
  assert.ok(one && sink.received.length === 1);
  assert.deepEqual([one.from, one.to], ['chat@foyer.example', ['anna@example.com']]);
  assert.deepEqual(namesOf(one.raw).toSorted(), [...ONLY, 'Reply-To'].toSorted());
  for (const line of [
    'From: Foyer Chat <chat@foyer.example>',
    'To: Anna Bell <anna@example.com>',
    'Reply-To: visitor@example.org',
    'Subject: Hello',
    `Message-ID: <${id}@foyer.example>`,
    'Auto-Submitted: auto-generated',
    'X-Auto-Response-Suppress: OOF, AutoReply',
  ])
    assert.ok(headersOf(one.raw).includes(line), line);
  assert.match(one.raw, /Content-Type: multipart\/alternative/);
  assert.match(one.raw, /Content-Type: text\/plain; charset=utf-8[\s\S]*Hello Anna\r\n\r\nFirst line\r\n/);
  assert.match(one.raw, /Content-Type: text\/html; charset=utf-8/);
  const row = await rowOf(id);
  assert.deepEqual([row.state, row.tries, row.error, row.content], ['sent', 1, null, null]);
  await deliver(id);
  assert.equal(sink.received.length, 1, 'what is sent is not sent again');
});

describe('what a mail server says', () => {
  const table = [
    { what: 'greylisting', at: 'recipient', code: 451, state: 'waiting' },
    { what: 'a full disk', at: 'data', code: 452, state: 'waiting' },
    { what: 'no such mailbox', at: 'recipient', code: 550, state: 'failed' },
    { what: 'not this text', at: 'data', code: 554, state: 'failed' },
    { what: 'not this sender', at: 'mail', code: 553, state: 'failed' },
  ] as const;
  for (const { what, at, code, state } of table) {
    test(`I6: ${code} ${what}: the mail is ${state}, with the server's sentence`, async () => {
      const id = await written();
      sink.trouble = () => ({ at, code, text: what });
      if (state === 'waiting') await assert.rejects(deliver(id));
      else await deliver(id);
      const row = await rowOf(id);
      assert.deepEqual([row.state, row.tries], [state, 1]);
      assert.match(row.error ?? '', new RegExp(what));
      assert.ok(row.content, 'it can be tried again');
    });
  }

  test('I6: a temporary refusal at the last try gives it up', async () => {
    const id = await written();
    sink.trouble = () => ({ at: 'data', code: 451, text: 'later' });
    await deliver(id, true);
    assert.equal((await rowOf(id)).state, 'failed');
  });

  test('I6: cut after the data: tried again with the same Message-ID, so that it is known as one', async () => {
    const id = await written();
    sink.trouble = () => 'cut';
    await assert.rejects(deliver(id));
    assert.equal((await rowOf(id)).state, 'waiting');
    sink.trouble = undefined;
    await deliver(id);
    assert.match(sink.received[0]?.raw ?? '', new RegExp(`Message-ID: <${id}@`));
  });

  test('I6: a try that is broken off says nothing of the mail and ends at once', async () => {
    const id = await written();
    const stop = new AbortController();
    const answered = Promise.withResolvers<void>();
    sink.trouble = () => {
      answered.resolve();
      return 'silent';
    };
    const delivered = deliver(id, false, stop.signal);
    await answered.promise;
    stop.abort();
    await assert.rejects(delivered);
    const row = await rowOf(id);
    assert.deepEqual([row.state, row.tries, row.error], ['waiting', 0, null]);
  });

  test('I6: a database that is away when the mail server says yes is waited for, so that nothing is sent twice', async () => {
    const id = await written();
    const settings = context.config.mail;
    assert.ok(settings);
    let away = 0;
    const db: Pick<Database, 'inAccount'> = {
      inAccount: (accountId, work) => {
        if (sink.received.length > 0 && (away += 1) < 4) throw new Error('the database is away');
        return context.db.inAccount(accountId, work);
      },
    };
    const named = { accountId: account.accountId, mailId: id };
    const attempt = { last: false, signal: goOn };
    await deliverMail({ ...context, db }, { settings, smtp: openSmtp(settings) }, named, attempt);
    assert.deepEqual([(await rowOf(id)).state, sink.received.length, away], ['sent', 1, 4]);
  });

  test('F2: a wrong login is tried again, and the error never shows the password', async () => {
    const id = await written();
    const settings = context.config.mail;
    assert.ok(settings);
    const wrong = { ...settings, smtp: { ...settings.smtp, pass: 'not-the-password' } };
    const means = { settings: wrong, smtp: openSmtp(wrong) };
    const named = { accountId: account.accountId, mailId: id };
    await assert.rejects(deliverMail(context, means, named, { last: false, signal: goOn }));
    const { state, error } = await rowOf(id);
    assert.equal(state, 'waiting');
    assert.match(error ?? '', /no such login \[removed\]/);
  });

  test('what is too late is given up unsent', async () => {
    const id = await written({ expiresAt: new Date(Date.now() - 1000) });
    const before = sink.tried();
    await deliver(id);
    assert.equal((await rowOf(id)).state, 'failed');
    assert.equal(sink.tried(), before);
  });
});

describe('A7: one recipient and no header of others', () => {
  const addresses = [
    'a@example.com\r\nBcc: evil@example.org',
    'a@example.com, evil@example.org',
    'a@example.com;evil@example.org',
    'Group: a@example.com, evil@example.org;',
    '"a@example.com, evil@example.org" <x@example.com>',
    '"a b"@example.com',
    'a(comment)@example.com',
    '<evil@example.org>a@example.com',
    'a@example.com>\r\nRCPT TO:<evil@example.org',
    'a@exämple.com',
    'а@example.com',
    'a@example.com\u0000',
    'a@[127.0.0.1]',
    'a@localhost',
    ' a@example.com',
    '@example.com',
    'a%evil@example.org@example.com',
  ];
  for (const address of addresses) {
    test(`refuses ${JSON.stringify(address)}, as recipient and for answers`, async () => {
      const before = (await ids()).length;
      await assert.rejects(written({ to: { name: 'A', address } }));
      await assert.rejects(written({ replyTo: address }));
      assert.equal((await ids()).length, before);
    });
  }

  test('refuses a line end or control in a name or subject that nobody has cleaned', async () => {
    for (const bad of ['a\r\nBcc: b@example.com', 'a\nb', 'a\u0000b', 'a\u2028b']) {
      await assert.rejects(written({ subject: bad }));
      await assert.rejects(written({ to: { name: bad, address: 'a@example.com' } }));
    }
  });

  test('names and subjects of any kind change neither the recipient nor the set of headers', async () => {
    const nasty = [
      'a\r\nBcc: evil@example.org',
      'evil@example.org',
      '"evil@example.org" <evil@example.org>',
      '<evil@example.org>, b',
      'Group: evil@example.org;',
      '=?utf-8?Q?=0D=0ABcc:_evil@example.org?=',
      '\u202egro.elpmaxe@live',
      'x'.repeat(5000),
      '😀 Ünïcode',
      '',
    ];
    for (const text of [...nasty, ...polyglots]) {
      sink.received.length = 0;
      const id = await written({
        to: { name: headerText(text), address: 'anna@example.com' },
        subject: headerText(`Re ${text}`),
      });
      await deliver(id);
      const [one] = sink.received;
      assert.ok(one, text);
      assert.deepEqual([one.from, one.to], ['chat@foyer.example', ['anna@example.com']], text);
      assert.deepEqual(namesOf(one.raw).toSorted(), ONLY, text);
      const [to] = headersOf(one.raw).filter((line) => line.startsWith('To: '));
      assert.match(to ?? '', /(?: <|^To: )anna@example\.com>?$/, text);
    }
  });
});

test('D8: one visitor or many cause 60 mails an hour to one address; what is more is shown as not sent', async () => {
  const other = await makeAccount(context);
  const send = () =>
    context.db.inAccount(other.accountId, (tx) =>
      sendMail(context, tx, other.accountId, mail({ cause: 'visitor' })),
    );
  for (let count = 0; count < 62; count += 1) await send();
  const { rows } = await context.db.unscoped.query<{ state: string; count: number }>(
    'select state, count(*) from mails where account_id = $1 group by state order by state desc',
    [other.accountId],
  );
  assert.deepEqual(rows, [
    { state: 'waiting', count: 60 },
    { state: 'failed', count: 2 },
  ]);
});

test('a mail is written with what its transaction writes, or not at all', async () => {
  const jobs = async () => (await context.db.run('select count(*) from pgboss.job')).rows[0].count as number;
  const before = [(await ids()).length, await jobs()];
  const failing = context.db.inAccount(account.accountId, async (tx) => {
    await sendMail(context, tx, account.accountId, mail());
    throw new Error('changed my mind');
  });
  await assert.rejects(failing, /changed my mind/);
  assert.deepEqual([(await ids()).length, await jobs()], before);
  await written();
  assert.deepEqual([(await ids()).length, await jobs()], [(before[0] ?? 0) + 1, (before[1] ?? 0) + 1]);
});
