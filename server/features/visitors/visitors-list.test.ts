import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import type { AnnouncedPage, SiteVisit } from '#protocol/visitors.ts';
import { until } from '../../test/clients.ts';
import { testServer, twoServers, type Serving, type TestServer } from '../../test/database.ts';
import { makeAccount, type TestAccount } from '../../test/factories.ts';
import { Nats } from '../../test/nats.ts';
import { beginChat, call, Line, speakerOf, type Speaker } from '../../test/speakers.ts';
import { fingerprint } from '../../test/world.ts';

let server: TestServer;
before(async () => {
  server = await testServer();
});
after(() => server[Symbol.asyncDispose]());

const page = (path = '/') => ({ url: `https://shop.example${path}`, title: `Page ${path}` });

/** A page in a visitor's browser. */
function tabOf(at: Serving, { key }: TestAccount, browser = `Browser ${randomUUID()}`) {
  const tab = randomUUID();
  return {
    tab,
    /** Announces the page; `gone` ends the request as closing it does. */
    announce: async (
      news: object = {},
      { wait = 20, headers = {}, gone }: { wait?: number; headers?: object; gone?: AbortSignal } = {},
    ): Promise<AnnouncedPage> => {
      const said = {
        tab,
        page: page(),
        referrer: null,
        language: 'en',
        seconds: 0,
        shown: null,
        refuses: false,
      };
      const response = await fetch(`${at.url.chat}/v1/widget/${key}/visits`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          origin: at.url.chat,
          'user-agent': browser,
          ...headers,
        },
        body: JSON.stringify({ ...said, wait, ...news }),
        ...(gone && { signal: gone }),
      });
      assert.equal(response.status, 200, await response.clone().text());
      return (await response.json()) as AnnouncedPage;
    },
  };
}

const stateOf = async (at: Serving, { key }: TestAccount) =>
  (await call(at, 'chat', 'GET', `/v1/widget/${key}/state`)).json as { watched: boolean };

async function watcher(at: Serving, account: TestAccount, name?: string): Promise<Line> {
  const actor = await account.addOperator('normal');
  const line = await Line.open(at, await speakerOf(at.context, name ? { ...actor, name } : actor));
  assert.equal((await line.command({ type: 'visitors.watch', on: true })).type, 'done');
  await line.hear('visitors', ({ whole }) => whole);
  return line;
}

/** The newest that this line was told of the visit. */
const told = (line: Line, id: string): SiteVisit | undefined =>
  line.heard
    .flatMap((frame) => (frame.type === 'visitors' ? frame.visits : []))
    .findLast((visit) => visit.id === id);

const tells = (
  line: Line,
  id: string,
  fits: (visit: SiteVisit) => boolean = () => true,
): Promise<SiteVisit> =>
  line.until(() => {
    const visit = told(line, id);
    return visit && fits(visit) ? visit : undefined;
  });

test('OC-11: where nobody looks a page leaves nothing: no wait, no memory, no row', async () => {
  const account = await makeAccount(server.context);
  const untouched = await fingerprint(server.context, account.accountId);
  const { openPages } = server.context;
  const held = openPages.size;
  assert.equal((await stateOf(server, account)).watched, false);
  for (let count = 0; count < 20; count += 1)
    assert.deepEqual(await tabOf(server, account).announce(), { watched: false, invitation: null });
  assert.equal(openPages.size, held);
  assert.ok(!openPages.isWatched(account.accountId));
  assert.deepEqual(await fingerprint(server.context, account.accountId), untouched);
});

test('OC-11: an operator sees who is there, where they go and that they leave; then all is forgotten', async () => {
  const account = await makeAccount(server.context);
  const untouched = await fingerprint(server.context, account.accountId);
  const line = await watcher(server, account);
  const late = await watcher(server, account);
  assert.equal((await stateOf(server, account)).watched, true);
  const { tab, announce } = tabOf(server, account, 'Mozilla/5.0 Firefox/150.0');
  const gone = new AbortController();
  const first = announce({ referrer: 'https://search.example/', seconds: 65 });
  const visit = await tells(line, tab);
  assert.deepEqual(
    { ...visit, since: '', pages: visit.pages.map(({ url, title }) => ({ url, title })) },
    {
      id: tab,
      visitor: null,
      conversation: null,
      pages: [page()],
      visited: 1,
      referrer: 'https://search.example/',
      browser: 'Mozilla/5.0 Firefox/150.0',
      language: 'en',
      since: '',
      invitation: null,
    },
  );
  assert.ok(Date.now() - Date.parse(visit.since) >= 65_000);
  const second = announce({ page: page('/cart') }, { gone: gone.signal }).catch(() => undefined);
  assert.equal((await first).watched, true, 'the earlier request of the page is over');
  assert.equal((await tells(late, tab, ({ visited }) => visited === 2)).pages.at(-1)?.url, page('/cart').url);
  gone.abort();
  await second;
  await line.hear('visitors', (frame) => frame.gone.includes(tab));
  const waiting = tabOf(server, account).announce();
  for (const one of [line, late]) await one.command({ type: 'visitors.watch', on: false });
  assert.deepEqual(await waiting, { watched: false, invitation: null });
  assert.equal((await stateOf(server, account)).watched, false);
  assert.ok(!server.context.openPages.isWatched(account.accountId));
  await Promise.all([line.close(), late.close()]);
  const now = await fingerprint(server.context, account.accountId);
  // The two operators are new, the visitors have left no row.
  for (const table of ['visitors', 'conversations', 'entries', 'invitations'])
    assert.equal(now[table], untouched[table], table);
});

test('OC-11: who has acted is known by name and by its chat, as it changes', async () => {
  const account = await makeAccount(server.context);
  const visitor = await speakerOf(server.context, account.visitor());
  const line = await watcher(server, account);
  const { tab, announce } = tabOf(server, account);
  const waiting = announce({}, { headers: visitor.headers });
  const before = await tells(line, tab);
  assert.ok(before.visitor && before.conversation === null);
  const { conversationId, line: chat } = await beginChat(server, visitor);
  const begun = await tells(line, tab, ({ conversation }) => conversation !== null);
  assert.deepEqual(begun.conversation, { id: conversationId, state: 'waiting', operator: null });
  const owner = await Line.open(server, await speakerOf(server.context, account.administrator));
  await owner.command({ type: 'conversation.accept', conversationId });
  await tells(line, tab, ({ conversation }) => conversation?.state === 'open');
  const refused = await line.command({ type: 'visitor.invite', visitId: tab, text: 'Hello' });
  assert.ok(refused.type === 'refused' && refused.code === 'conflict', JSON.stringify(refused));
  await chat.command({ type: 'conversation.close', conversationId });
  await tells(line, tab, ({ conversation }) => conversation === null);
  await Promise.all([line.close(), chat.close(), owner.close()]);
  await waiting;
});

test('VI-10: of two operators who invite at once one does, and the visitor sees one invitation', async () => {
  const account = await makeAccount(server.context);
  const lines = await Promise.all([watcher(server, account), watcher(server, account)]);
  const { tab, announce } = tabOf(server, account);
  const page = announce();
  for (const line of lines) await tells(line, tab);
  const answers = await Promise.all(
    lines.map((line, index) =>
      line.command({ type: 'visitor.invite', visitId: tab, text: `Hello ${index}` }),
    ),
  );
  assert.deepEqual(answers.map(({ type }) => type).toSorted(), ['done', 'refused']);
  const winner = answers.findIndex(({ type }) => type === 'done');
  const loser = answers.find((answer) => answer.type === 'refused');
  const { invitation } = await page;
  assert.equal(invitation?.text, `Hello ${winner}`);
  assert.equal(loser?.code, 'taken');
  assert.ok(loser.message.includes(invitation.operator), loser.message);
  const shown = announce({ shown: invitation.id });
  for (const line of lines) await tells(line, tab, (visit) => visit.invitation?.state === 'waiting');
  const path = `/v1/widget/${account.key}/invitations/${invitation.id}`;
  const dismiss = () => call(server, 'chat', 'DELETE', path, { headers: { origin: server.url.chat } });
  assert.deepEqual([(await dismiss()).status, (await dismiss()).status], [204, 204]);
  assert.equal((await shown).invitation, null, 'the page is told to take it away');
  const [line] = lines;
  await tells(line!, tab, (visit) => visit.invitation?.state === 'dismissed');
  const again = await line!.command({ type: 'visitor.invite', visitId: tab, text: 'Again' });
  assert.ok(again.type === 'refused' && again.code === 'conflict', JSON.stringify(again));
  await Promise.all(lines.map((one) => one.close()));
});

test('VI-10: the same command twice is one invitation; one that waits too long ends', async () => {
  const account = await makeAccount(server.context);
  const line = await watcher(server, account);
  const { tab, announce } = tabOf(server, account);
  const page = announce();
  await tells(line, tab);
  const frame = { type: 'visitor.invite', ref: randomUUID(), visitId: tab, text: 'Hello' };
  line.send(frame);
  line.send(frame);
  const done = () => line.heard.filter((one) => one.type === 'done' && one.ref === frame.ref).length;
  await until('both answers', () => done() === 2);
  const { invitation } = await page;
  const shown = announce({ shown: invitation?.id });
  const { unscoped } = server.context.db;
  await unscoped.query(`update invitations set at = now() - interval '11 minutes' where account_id = $1`, [
    account.accountId,
  ]);
  server.context.sweeper.soon();
  assert.equal((await shown).invitation, null);
  const { rows } = await unscoped.query('select state from invitations where account_id = $1', [
    account.accountId,
  ]);
  assert.deepEqual(rows, [{ state: 'expired' }]);
  await line.close();
});

test('OC-11: a console without a socket asks for the whole list', async () => {
  const account = await makeAccount(server.context);
  const operator: Speaker = await speakerOf(server.context, await account.addOperator('normal'));
  const ask = async () => {
    const frames = [{ type: 'visitors.watch', ref: randomUUID(), on: true }];
    const { json } = await call(server, 'console', 'POST', '/v1/realtime/send', {
      headers: operator.headers,
      body: { ...operator.hello, frames },
    });
    return (json as { frames: { type: string; visits?: SiteVisit[] }[] }).frames;
  };
  assert.deepEqual(
    (await ask()).map(({ type }) => type),
    ['visitors', 'done'],
  );
  const { tab, announce } = tabOf(server, account);
  await announce({}, { wait: 0 });
  assert.deepEqual(
    (await ask())[0]?.visits?.map(({ id }) => id),
    [tab],
  );
});

test('OC-11, VI-10: two processes show the same visitors, and invite them once', async () => {
  await using nats = await Nats.start();
  await using house = await twoServers(nats);
  const { a, b } = house;
  const account = await makeAccount(a.context);
  const here = await watcher(b, account);
  await until('A to know', () => a.context.openPages.isWatched(account.accountId));
  const { tab, announce } = tabOf(a, account, 'One browser');
  const gone = new AbortController();
  const first = announce({}, { gone: gone.signal }).catch(() => undefined);
  await tells(here, tab);
  // A colleague at the other process, who comes later.
  const there = await watcher(a, account);
  await tells(there, tab);
  // The next page is asked of the other process, which has heard of the one before.
  gone.abort();
  await first;
  const next = tabOf(b, account, 'One browser');
  const second = next.announce({ page: page('/cart'), referrer: page().url });
  for (const line of [here, there]) await tells(line, tab, ({ visited }) => visited === 2);
  const answers = await Promise.all(
    [here, there].map((line) => line.command({ type: 'visitor.invite', visitId: tab, text: 'Hello' })),
  );
  assert.deepEqual(answers.map(({ type }) => type).toSorted(), ['done', 'refused']);
  assert.equal((await second).invitation?.text, 'Hello');
  for (const line of [here, there])
    await tells(line, tab, ({ invitation }) => invitation?.state === 'waiting');
  await Promise.all([here.close(), there.close()]);
});

test("B1: another account's key dismisses nothing, and its token names nobody", async () => {
  const [account, other] = [await makeAccount(server.context), await makeAccount(server.context)];
  const line = await watcher(server, account);
  const { tab, announce } = tabOf(server, account);
  const stranger = await speakerOf(server.context, other.visitor());
  const page = announce({}, { headers: { authorization: stranger.headers['authorization'] } });
  assert.equal((await tells(line, tab)).visitor, null);
  await line.command({ type: 'visitor.invite', visitId: tab, text: 'Hello' });
  const { invitation } = await page;
  const path = `/v1/widget/${other.key}/invitations/${invitation?.id}`;
  assert.equal(
    (await call(server, 'chat', 'DELETE', path, { headers: { origin: server.url.chat } })).status,
    204,
  );
  const { rows } = await server.context.db.unscoped.query(
    'select state from invitations where account_id = $1',
    [account.accountId],
  );
  assert.deepEqual(rows, [{ state: 'waiting' }]);
  await line.close();
});
