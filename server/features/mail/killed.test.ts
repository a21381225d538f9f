import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { openVisit } from '../../test/clients.ts';
import { testDatabase, TEST_SECRET, type TestDatabase } from '../../test/database.ts';
import { makeAccount } from '../../test/factories.ts';
import { freePort } from '../../test/ports.ts';
import { smtpSink, type SmtpSink } from '../../test/smtp-sink.ts';

const home = new URL('../../..', import.meta.url).pathname;

const mailBy = ({ url }: SmtpSink) => ({ FOYER_SMTP_URL: url, FOYER_MAIL_FROM: 'chat@foyer.example' });

async function until(what: string, holds: () => Promise<boolean> | boolean): Promise<void> {
  const deadline = Date.now() + 90_000;
  while (!(await holds())) {
    assert.ok(Date.now() < deadline, what);
    await sleep(50);
  }
}

/** A database with an account, a real process that serves it, and a visitor who leaves a message. */
async function installation(t: TestContext, database: TestDatabase) {
  const folder = await mkdtemp(join(tmpdir(), 'foyer-killed-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const [consolePort, chatPort] = [await freePort(), await freePort()];
  const { key } = await makeAccount(database.context);
  const url = { console: `http://localhost:${consolePort}`, chat: `http://localhost:${chatPort}` };

  /** Answers what kills it with -9. */
  const start = async (mail: Record<string, string>) => {
    const env = {
      PATH: process.env['PATH'],
      DATABASE_URL: database.url,
      FOYER_DATA: folder,
      FOYER_SECRET: TEST_SECRET,
      FOYER_BIND: '127.0.0.1',
      FOYER_CONSOLE_PORT: String(consolePort),
      FOYER_CHAT_PORT: String(chatPort),
      FOYER_LOG_LEVEL: 'silent',
      ...mail,
    };
    const child = spawn(process.execPath, ['server/main.ts'], { cwd: home, env, stdio: 'ignore' });
    t.after(() => child.kill('SIGKILL'));
    await until('the server', () =>
      fetch(`${url.console}/readyz`).then(
        ({ ok }) => ok,
        () => false,
      ),
    );
    return async () => {
      child.kill('SIGKILL');
      await once(child, 'exit');
    };
  };
  const leave = async () => {
    const { access } = await openVisit({ url }, key);
    const body = {
      ref: crypto.randomUUID(),
      email: 'vera@example.org',
      name: null,
      subject: null,
      text: 'Hi',
      page: null,
      language: null,
    };
    const answer = await fetch(`${url.chat}/v1/visitor/offline-messages`, {
      method: 'POST',
      headers: { authorization: `Bearer ${access}`, 'content-type': 'application/json', origin: url.chat },
      body: JSON.stringify(body),
    });
    assert.equal(answer.status, 200, await answer.text());
  };
  return { start, leave };
}

test('I6: a mail that was committed leaves, though its server was killed before it could begin', async (t) => {
  await using sink = await smtpSink();
  await using database = await testDatabase();
  const { start, leave } = await installation(t, database);
  const kill = await start({});
  await leave();
  await kill();
  const killAgain = await start(mailBy(sink));
  await until('the mail', () => sink.received.length === 1);
  await killAgain();
});

test('I6: a mail whose server was killed while the mail server had not answered is tried again soon', async (t) => {
  await using sink = await smtpSink();
  await using database = await testDatabase();
  const { start, leave } = await installation(t, database);
  sink.trouble = () => 'silent';
  const kill = await start(mailBy(sink));
  await leave();
  await until('the message at the mail server', () => sink.tried() === 1);
  await kill();
  sink.trouble = undefined;
  const killAgain = await start(mailBy(sink));
  await until('the mail', () => sink.received.length === 1);
  await killAgain();
  assert.equal(sink.tried(), 2, 'the try that was broken off, and one more');
  const { rows } = await database.context.db.unscoped.query<{ id: string }>(
    'select mail_id as id from mails',
  );
  assert.ok(
    sink.received[0]?.raw.includes(`Message-ID: <${rows[0]?.id}@foyer.example>`),
    'known as the same',
  );
});
