import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, beforeEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { OperatorActor } from '../../core/actor.ts';
import { serve, testServer, type TestServer } from '../../test/database.ts';
import { makeAccount, type TestAccount } from '../../test/factories.ts';
import { brokenInvariants } from '../../test/invariants.ts';
import { smtpSink, type SmtpSink } from '../../test/smtp-sink.ts';
import { waitingMails } from '../../unscoped/waiting-mails.ts';
import { mailMissed } from '../conversations/mail-offline.ts';
import { leaveMessage, startConversation } from '../conversations/start-conversation.ts';
import { retryMail } from './retry-mail.ts';

let sink: SmtpSink;
let server: TestServer;
let account: TestAccount;
let owner: OperatorActor;
let env: Record<string, string>;

before(async () => {
  sink = await smtpSink();
  env = { FOYER_SMTP_URL: sink.url, FOYER_MAIL_FROM: 'chat@foyer.example' };
  server = await testServer({ ...env, FOYER_LOG_LEVEL: 'silent' });
  account = await makeAccount(server.context);
  owner = account.administrator;
});
after(async () => {
  await server[Symbol.asyncDispose]();
  await sink[Symbol.asyncDispose]();
});
beforeEach(() => {
  sink.received.length = 0;
  sink.trouble = undefined;
});

async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (!(await holds())) {
    assert.ok(Date.now() < deadline, what);
    await sleep(50);
  }
}

const message = { email: 'visitor@example.org', subject: 'A question', text: 'Do you sell\nred shoes?' };

const leave = (more: Partial<typeof message> = {}, context = server.context) =>
  leaveMessage(
    context,
    account.visitor(),
    { ...message, ...more },
    {
      ref: randomUUID(),
      details: { email: message.email, name: 'Vera' },
      page: null,
      language: 'en',
      browser: null,
    },
  );

type Row = { mail_id: string; to_address: string; state: string; error: string | null };
const mails = async (): Promise<Row[]> =>
  (await server.context.db.unscoped.query<Row>('select * from mails order by created_at desc')).rows;

/** Without quoted-printable. */
const decoded = (raw: string): string =>
  raw
    .replaceAll('=\r\n', '')
    .replace(/=([0-9A-F]{2})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));

const addressOf = ({ operatorId }: OperatorActor): string => `${operatorId}@example.com`;
const choose = (operators: OperatorActor[]) =>
  server.context.db.unscoped.query(
    'with gone as (delete from offline_recipients) insert into offline_recipients select $1, unnest($2::uuid[])',
    [account.accountId, operators.map(({ operatorId }) => operatorId)],
  );

test('OP-08: what a visitor leaves is e-mailed to the owner while nobody is chosen, and an answer goes to the visitor', async () => {
  const { conversationId } = await leave();
  await until('the mail', () => sink.received.length > 0);
  const [one] = sink.received;
  assert.ok(one);
  assert.deepEqual([one.from, one.to], ['chat@foyer.example', [addressOf(owner)]]);
  assert.match(one.raw, /^Reply-To: visitor@example\.org\r$/m);
  assert.match(one.raw, /^From: chat@foyer\.example\r$/m);
  assert.match(one.raw, /^Subject: A question \(Vera\)\r$/m);
  assert.match(one.raw, /\r\n> Do you sell\r\n> red shoes\?\r\n/);
  const { url } = server.context.config.console;
  assert.ok(decoded(one.raw).includes(`\r\n${url}/?chat=${conversationId}\r\n`), 'the configured address');
});

test('OP-08: those who are chosen get it, one mail each, and without any of them there the owner again', async () => {
  const [anna, bert] = [await account.addOperator('normal'), await account.addOperator('administrator')];
  await choose([anna, bert]);
  await leave();
  await until('two mails', () => sink.received.length === 2);
  assert.deepEqual(
    sink.received.map(({ to }) => to.join()).toSorted(),
    [addressOf(anna), addressOf(bert)].toSorted(),
  );
  await server.context.db.unscoped.query(
    'update operators set deleted_at = now() where operator_id = any($1)',
    [[anna.operatorId, bert.operatorId]],
  );
  await leave();
  await until('the third', () => sink.received.length === 3);
  assert.deepEqual(sink.received[2]?.to, [addressOf(owner)]);
  await choose([]);
});

test('VI-13: a chat that nobody answered goes to the same people, with what the visitor wrote', async () => {
  const { context } = server;
  const { accountId } = account;
  const start = { ref: randomUUID(), details: { name: 'Vera' }, page: null, language: 'en', browser: null };
  const { conversationId } = await startConversation(context, account.visitor(), 'Is anybody there?', start);
  await context.db.inAccount(accountId, (tx) => mailMissed(context, tx, accountId, conversationId));
  await until('the mail', () => sink.received.length > 0);
  const raw = decoded(sink.received[0]?.raw ?? '');
  assert.deepEqual(sink.received[0]?.to, [addressOf(owner)]);
  assert.match(raw, /^Subject: Missed chat \(Vera\)\r$/m);
  assert.doesNotMatch(raw, /^Reply-To/m, 'she has given no address');
  assert.match(raw, /\r\n> Is anybody there\?\r\n/);
});

test('I6: while the mail server is down a mail waits and says why; "Try again" sends it', async () => {
  sink.trouble = () => ({ at: 'mail', code: 421, text: 'not now' });
  await leave();
  await until('a failed try', async () => (await mails())[0]?.error !== null);
  const [waiting] = await mails();
  assert.equal(waiting?.state, 'waiting');
  sink.trouble = undefined;
  await retryMail(server.context, owner, waiting?.mail_id ?? '');
  await until('the mail', async () => (await mails())[0]?.state === 'sent');
  await assert.rejects(retryMail(server.context, owner, waiting?.mail_id ?? ''), { code: 'conflict' });
  await assert.rejects(retryMail(server.context, owner, randomUUID()), { code: 'not_found' });
});

test('I6: a mail without a job, as after a restore or before e-mail was set up, is sent by the next server', async () => {
  const { db } = server.context;
  const idle = await testServer();
  try {
    account = await makeAccount(idle.context);
    for (let count = 0; count < 3; count += 1) await leave({}, idle.context);
    await idle.context.db.run('delete from pgboss.job');
    for await (const keys of waitingMails(idle.context.db)) assert.equal(keys.length, 3);
    const { rows } = await db.unscoped.query('select 1 from mails where state = $1', ['waiting']);
    assert.equal(rows.length, 0, 'nothing of the other installation');
    await idle.stop();
    await (await serve(idle.database)).stop();
    assert.equal(sink.received.length, 0, 'not without a mail server');
    const next = await serve(idle.database, env);
    await until('three mails', () => sink.received.length >= 3);
    await next.stop();
    assert.equal(sink.received.length, 3);
    assert.equal(new Set(sink.received.map(({ raw }) => /^Message-ID: .*$/m.exec(raw)?.[0])).size, 3);
  } finally {
    await idle[Symbol.asyncDispose]();
  }
});

test('I6: every mail of these tests is waiting, sent or given up', async () => {
  const ask = async (text: string) => (await server.context.db.unscoped.query<{ found: string }>(text)).rows;
  assert.deepEqual(await brokenInvariants(ask), []);
});
