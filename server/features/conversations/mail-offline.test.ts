import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, beforeEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { OperatorActor, VisitorActor } from '../../core/actor.ts';
import { testServer, type TestServer } from '../../test/database.ts';
import { makeAccount, type TestAccount } from '../../test/factories.ts';
import { smtpSink, type Received, type SmtpSink } from '../../test/smtp-sink.ts';
import { appendWith } from './append-with.ts';
import { closeConversation } from './close-conversation.ts';
import { mailMissed } from './mail-offline.ts';
import { postMessage } from './post-message.ts';
import { leaveMessage, startConversation } from './start-conversation.ts';
import { updateDetails } from './tell-of-visitor.ts';

let sink: SmtpSink;
let server: TestServer;
let account: TestAccount;
let visitor: VisitorActor;

before(async () => {
  sink = await smtpSink();
  const env = { FOYER_SMTP_URL: sink.url, FOYER_MAIL_FROM: 'chat@foyer.example' };
  server = await testServer({ ...env, FOYER_LOG_LEVEL: 'silent' });
});
after(async () => {
  await server[Symbol.asyncDispose]();
  await sink[Symbol.asyncDispose]();
});
beforeEach(async () => {
  account = await makeAccount(server.context);
  visitor = account.visitor();
});

const addressOf = ({ operatorId }: OperatorActor): string => `${operatorId}@example.com`;
const start = () => ({ ref: randomUUID(), details: {}, page: null, language: 'en', browser: null });

/** What a mail server took for this address, once it is `count` mails. */
async function mailsTo(operator: OperatorActor, count: number): Promise<Received[]> {
  const deadline = Date.now() + 30_000;
  for (;;) {
    const found = sink.received.filter(({ to }) => to.join() === addressOf(operator));
    if (found.length === count && (await waiting()) === 0) return found;
    assert.ok(Date.now() < deadline && found.length <= count, `${found.length} mails, not ${count}`);
    await sleep(50);
  }
}
const waiting = async (): Promise<number | null> =>
  (await server.context.db.unscoped.query("select from mails where state = 'waiting'")).rowCount;

const headersOf = ({ raw }: Received): string[] =>
  raw
    .slice(0, raw.indexOf('\r\n\r\n'))
    .replace(/\r\n[ \t]+/g, ' ')
    .split('\r\n');
const header = (mail: Received, name: string): string | undefined =>
  headersOf(mail)
    .find((line) => line.startsWith(`${name}: `))
    ?.slice(name.length + 2);

/** The text part, without quoted-printable. */
const textOf = ({ raw }: Received): string =>
  (/text\/plain[^]*?\r\n\r\n([^]*?)\r\n--[^ =]/.exec(raw)?.[1] ?? '')
    .replaceAll('=\r\n', '')
    .replace(/=([0-9A-F]{2})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
    .replaceAll('\r\n', '\n');

/** A chat that nobody took in time; as the reconciler writes it. */
async function missed(details: { name?: string; email?: string } = {}): Promise<string> {
  const { context } = server;
  const { conversationId } = await startConversation(context, visitor, 'Anybody there?', {
    ...start(),
    details,
  });
  const key = { accountId: account.accountId, conversationId };
  await appendWith(
    context,
    key,
    { sender: { kind: 'system' }, ref: null, decide: () => [{ kind: 'missed' }] },
    (tx) => mailMissed(context, tx, account.accountId, conversationId),
  );
  return conversationId;
}
const tell = (conversationId: string, email: string | null, ref: string = randomUUID()) =>
  updateDetails(server.context, visitor, conversationId, ref, { email });

test('VI-13, OP-08: an address that is left after a chat was missed follows in the same thread', async () => {
  const conversationId = await missed({ name: 'Vera' });
  await mailsTo(account.administrator, 1);
  await tell(conversationId, 'vera@example.org');
  const [first, second] = await mailsTo(account.administrator, 2);
  assert.ok(first && second);
  const id = header(first, 'Message-ID');
  assert.deepEqual(
    headersOf(second).filter((line) => !/^(?:Date|Message-ID|Content-Type|MIME-Version): /.test(line)),
    [
      'Auto-Submitted: auto-generated',
      'X-Auto-Response-Suppress: OOF, AutoReply',
      'From: chat@foyer.example',
      `To: ${header(first, 'To')}`,
      'Reply-To: vera@example.org',
      `In-Reply-To: ${id}`,
      `References: ${id}`,
      'Subject: Re: Missed chat (Vera)',
    ],
  );
  assert.equal(header(first, 'In-Reply-To'), undefined);
  const { url } = server.context.config.console;
  const text = [
    'The visitor has left an e-mail address',
    'Now you can answer what was said here.',
    '> Anybody there?',
    'Name: Vera\nE-mail: vera@example.org',
    `Open the conversation:\n${url}/?chat=${conversationId}`,
    '-- \nTest company\nYou get this because you receive the off-line messages of Test company. An answer to this e-mail goes to the visitor.',
  ];
  assert.equal(textOf(second), `${text.join('\n\n')}\n`);
});

test('VI-13: an address that was known is in the first mail, and no address is told twice', async () => {
  const conversationId = await missed({ email: 'vera@example.org' });
  await tell(conversationId, 'vera@example.org');
  await tell(conversationId, null);
  const ref = randomUUID();
  await tell(conversationId, 'other@example.org', ref);
  await tell(conversationId, 'other@example.org', ref);
  await tell(conversationId, 'other@example.org');
  await tell(conversationId, 'vera@example.org');
  const mails = await mailsTo(account.administrator, 2);
  const answers = mails.map((mail) => header(mail, 'Reply-To') ?? 'nobody');
  assert.deepEqual(answers.toSorted(), ['other@example.org', 'vera@example.org']);
});

test('VI-13: of many who say an address at once each is told once', async () => {
  const conversationId = await missed();
  await Promise.all(Array.from({ length: 6 }, (_, each) => tell(conversationId, `v${each % 2}@example.org`)));
  const mails = await mailsTo(account.administrator, 3);
  const answers = mails.map((mail) => header(mail, 'Reply-To') ?? 'nobody');
  assert.deepEqual(answers.toSorted(), ['nobody', 'v0@example.org', 'v1@example.org']);
});

test('D8: who goes on changing the address causes five mails, not as many as an operator may get', async () => {
  const conversationId = await missed();
  for (let each = 0; each < 7; each += 1) await tell(conversationId, `v${each}@example.org`);
  const answers = (await mailsTo(account.administrator, 5)).map(
    (mail) => header(mail, 'Reply-To') ?? 'nobody',
  );
  const told = ['nobody', 'v0@example.org', 'v1@example.org', 'v2@example.org', 'v3@example.org'];
  assert.deepEqual(answers.toSorted(), told);
});

test('OP-08: who receives the off-line messages only since then finds what was said too', async () => {
  const conversationId = await missed();
  await mailsTo(account.administrator, 1);
  const anna = await account.addOperator('normal');
  await server.context.db.unscoped.query('insert into offline_recipients values ($1, $2)', [
    account.accountId,
    anna.operatorId,
  ]);
  await tell(conversationId, 'vera@example.org');
  const [mail] = await mailsTo(anna, 1);
  assert.ok(mail);
  assert.equal(header(mail, 'Subject'), 'Off-line message (vera@example.org)');
  assert.equal(header(mail, 'In-Reply-To'), undefined);
  assert.match(textOf(mail), /\n> Anybody there\?\n/);
  await mailsTo(account.administrator, 1);
});

test('VI-05: another address for an off-line message follows it as well', async () => {
  const message = { email: 'wrong@example.org', subject: 'A question', text: 'Do you sell shoes?' };
  const { conversationId } = await leaveMessage(server.context, visitor, message, start());
  await mailsTo(account.administrator, 1);
  await tell(conversationId, 'right@example.org');
  const [, second] = await mailsTo(account.administrator, 2);
  assert.ok(second);
  assert.equal(header(second, 'Reply-To'), 'right@example.org');
  assert.match(textOf(second), /\n> Do you sell shoes\?\n/);
});

test('VI-13: who ends a chat that nobody answered leaves it to the operators, with all that was said, and one mail goes out', async () => {
  const { context } = server;
  const { conversationId } = await startConversation(context, visitor, 'Anybody there?', start());
  const said = { conversationId, ref: randomUUID(), text: 'Never mind' };
  const ref = randomUUID();
  const end = () => closeConversation(context, visitor, conversationId, ref);
  await Promise.all([postMessage(context, visitor, said), end()]);
  await end();
  await closeConversation(context, visitor, conversationId, randomUUID());
  const stored = await context.conversations.read({ accountId: account.accountId, conversationId });
  assert.deepEqual([stored?.channel, stored?.state], ['offline', 'waiting']);
  const [mail] = await mailsTo(account.administrator, 1);
  assert.ok(mail);
  assert.match(textOf(mail), /> Anybody there\?\n\n> Never mind\n/);
  const next = await startConversation(context, visitor, 'And now?', start());
  assert.notEqual(next.conversationId, conversationId);
});

test('who ends a chat that was answered ends it', async () => {
  const { context } = server;
  const { conversationId } = await startConversation(context, visitor, 'Hello', start());
  const answer = { conversationId, ref: randomUUID(), text: 'Yes?' };
  await postMessage(context, account.administrator, answer);
  await closeConversation(context, visitor, conversationId, randomUUID());
  const stored = await context.conversations.read({ accountId: account.accountId, conversationId });
  assert.deepEqual([stored?.channel, stored?.state], ['chat', 'closed']);
});

test('a chat that goes on causes no mail, and nobody speaks for another visitor', async () => {
  const { conversationId } = await startConversation(server.context, visitor, 'Hello', start());
  await tell(conversationId, 'vera@example.org');
  const other = await missed();
  visitor = account.visitor();
  await assert.rejects(tell(other, 'evil@example.org'), { code: 'not_found' });
  const mails = await mailsTo(account.administrator, 1);
  assert.deepEqual(
    mails.map((mail) => header(mail, 'Reply-To')),
    ['vera@example.org'],
  );
});
