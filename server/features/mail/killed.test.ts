import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { openVisit } from '../../test/clients.ts';
import { testDatabase, TEST_SECRET } from '../../test/database.ts';
import { makeAccount } from '../../test/factories.ts';
import { freePort } from '../../test/ports.ts';
import { smtpSink } from '../../test/smtp-sink.ts';

const home = new URL('../../..', import.meta.url).pathname;

test('I6: a mail that was committed leaves, whenever its server was killed', async (t) => {
  await using sink = await smtpSink();
  await using database = await testDatabase();
  const folder = await mkdtemp(join(tmpdir(), 'foyer-killed-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const [consolePort, chatPort] = [await freePort(), await freePort()];
  const { key } = await makeAccount(database.context);
  const url = { console: `http://localhost:${consolePort}`, chat: `http://localhost:${chatPort}` };

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
  const until = async (what: string, holds: () => Promise<boolean> | boolean) => {
    const deadline = Date.now() + 60_000;
    while (!(await holds())) {
      assert.ok(Date.now() < deadline, what);
      await sleep(50);
    }
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

  // Acknowledged and killed before anything could deliver it.
  const kill = await start({});
  await leave();
  await kill();
  const mail = { FOYER_SMTP_URL: sink.url, FOYER_MAIL_FROM: 'chat@foyer.example' };
  const killAgain = await start(mail);
  await until('the mail', () => sink.received.length === 1);
  await killAgain();
});
