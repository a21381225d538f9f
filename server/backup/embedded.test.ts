import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import type { Command } from '#protocol/up.ts';
import type { Client } from '#client/client.ts';
import { uuidv7 } from '#client/ref.ts';
import { ServerProcess } from '../../faults/server-process.ts';
import type { OperatorActor } from '../core/actor.ts';
import { placesIn } from '../core/database/embedded/places.ts';
import { findPostmaster, stopPostmaster } from '../core/database/embedded/postmaster.ts';
import { openVisit, operatorClient, until, visitorClient } from '../test/clients.ts';
import type { Serving } from '../test/database.ts';
import { freePort } from '../test/ports.ts';

const base = await mkdtemp(join(tmpdir(), 'foyer-embedded-backup-'));
await chmod(base, 0o755);
const [first, second, file] = [join(base, 'first'), join(base, 'second'), join(base, 'foyer.tar.zst')];
const ports = { console: await freePort(), chat: await freePort() };
const at = {
  url: { console: `http://localhost:${ports.console}`, chat: `http://localhost:${ports.chat}` },
} as Serving;
const servers: ServerProcess[] = [];
const clients: Client[] = [];

after(async () => {
  for (const client of clients) client.stop();
  for (const server of servers) await server.stop();
  for (const folder of [first, second]) await endDatabase(folder);
  await rm(base, { recursive: true, maxRetries: 20 });
});

async function serve(folder: string): Promise<ServerProcess> {
  const server = new ServerProcess({
    FOYER_DATA: folder,
    FOYER_BIND: '127.0.0.1',
    FOYER_CONSOLE_PORT: String(ports.console),
    FOYER_CHAT_PORT: String(ports.chat),
  });
  servers.push(server);
  await server.start();
  return server;
}

/** `npm run backup` and `npm run restore`, in a process of their own. */
async function program(name: 'backup' | 'restore', folder: string): Promise<{ code: number; said: string }> {
  const path = fileURLToPath(new URL(`../${name}.ts`, import.meta.url));
  const env = { PATH: process.env['PATH'], FOYER_DATA: folder };
  const child = spawn(process.execPath, [path, file], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const [out, failed, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit'),
  ]);
  return { code: code as number, said: out + failed };
}

/** What a killed server leaves running. */
async function endDatabase(folder: string): Promise<void> {
  const running = await findPostmaster(placesIn(folder).cluster);
  if (running) await stopPostmaster(running.pid);
}

/** The first administrator, made as the set-up page does. */
async function setUp(server: ServerProcess): Promise<{ operatorId: string; cookie: string; key: string }> {
  const origin = { origin: at.url.console, 'content-type': 'application/json' };
  await server.serving();
  const link = (): string | undefined => server.log.find((line) => line.includes('/setup#'));
  await until('the link', () => link() !== undefined);
  const body = {
    token: link()?.split('#')[1],
    name: 'Anna',
    email: 'anna@shop.example',
    password: 'a long enough password',
    account: { name: 'shop', title: 'Shop', language: 'en', domain: 'https://shop.example' },
  };
  const answer = await fetch(`${at.url.console}/v1/setup`, {
    method: 'POST',
    headers: origin,
    body: JSON.stringify(body),
  });
  assert.equal(answer.status, 201, await answer.clone().text());
  const { memberships } = (await answer.json()) as { memberships: [{ operatorId: string }] };
  const { operatorId } = memberships[0];
  const cookie = answer.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ');
  const headers = { ...origin, cookie, 'foyer-operator': operatorId };
  const boxes = await fetch(`${at.url.console}/v1/chatboxes`, { headers });
  const { chatboxes } = (await boxes.json()) as { chatboxes: [{ key: string }] };
  return { operatorId, cookie, key: chatboxes[0].key };
}

function begun(client: Client): Client {
  clients.push(client);
  client.start();
  return client;
}

const say = (client: Client, conversationId: string, words: string) =>
  client.send({ type: 'message.post', ref: uuidv7(), conversationId, text: words });
const start = (words: string): Command => ({
  type: 'conversation.start',
  ref: uuidv7(),
  text: words,
  details: {},
  page: null,
  language: null,
});
const textsOf = (client: Client, conversationId: string): string[] | undefined =>
  client
    .getState()
    .threads.get(conversationId)
    ?.entries.flatMap(({ what }) => (what.kind === 'message' ? [what.text] : []));

test('R19: everybody who was connected goes on with what the backup holds, though they saw more', async () => {
  const old = await serve(first);
  const { operatorId, cookie, key } = await setUp(old);
  const visit = await openVisit(at, key);
  const visitor = begun(visitorClient(at, visit));
  const later = begun(visitorClient(at, await openVisit(at, key)));
  const operator = begun(await operatorClient(at, { operatorId } as OperatorActor, cookie));
  const { conversationId = '' } = await visitor.send(start('Before'));
  await operator.send({ type: 'conversation.accept', ref: uuidv7(), conversationId });
  operator.follow(conversationId);
  await say(operator, conversationId, 'Answer');
  const { code, said } = await program('backup', first);
  assert.equal(code, 0, said);
  assert.match(said, /entries: 3 rows/);

  await say(visitor, conversationId, 'After the backup');
  const { conversationId: lost = '' } = await later.send(start('Never backed up'));
  await until('all of it', () => textsOf(operator, conversationId)?.length === 3);
  const epoch = visitor.getState().epoch;
  const besides = await program('restore', first);
  assert.equal(besides.code, 1);
  assert.match(besides.said, /data_folder_in_use/);

  await old.stop('SIGKILL');
  await endDatabase(first);
  await rm(first, { recursive: true });
  const restored = await program('restore', second);
  assert.equal(restored.code, 0, restored.said);
  await serve(second);
  for (const client of clients) client.reconnect();

  for (const client of [visitor, operator]) {
    await until('what the backup holds', () => textsOf(client, conversationId)?.length === 2);
    assert.deepEqual(textsOf(client, conversationId), ['Before', 'Answer']);
    assert.notEqual(client.getState().epoch, epoch);
  }
  // Positions that both histories have: 'After the restore' stands where 'After the backup' stood.
  await say(visitor, conversationId, 'After the restore');
  await until('what comes after', () => textsOf(operator, conversationId)?.length === 3);
  const fresh = begun(visitorClient(at, visit));
  await until('a fresh screen', () => textsOf(fresh, conversationId)?.length === 3);
  await until('the same on both screens', () =>
    isDeepStrictEqual(visitor.getState().threads, fresh.getState().threads),
  );

  await until('the lost chat to be gone', () => !later.getState().threads.has(lost));
  assert.deepEqual([...operator.getState().conversations.keys()], [conversationId]);
  const { conversationId: again } = await later.send(start('Once more'));
  assert.notEqual(again, lost);
});

test('a data folder with data, and a running server, are not restored over', async () => {
  await servers.at(-1)?.stop('SIGTERM');
  const { code, said } = await program('restore', second);
  assert.equal(code, 1);
  assert.match(said, /not_empty/);
});
