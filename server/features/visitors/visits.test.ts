import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { SignJWT } from 'jose';
import type { OperatorActor, VisitorActor } from '../../core/actor.ts';
import { Refusal } from '../../core/errors.ts';
import { Reply } from '../../core/http/route.ts';
import { testDatabase, type TestDatabase } from '../../test/database.ts';
import { makeAccount, type TestAccount } from '../../test/factories.ts';
import { countRows } from '../../test/members.ts';
import { acceptConversation } from '../conversations/accept-conversation.ts';
import { closeConversation } from '../conversations/close-conversation.ts';
import { leaveMessage, startConversation } from '../conversations/start-conversation.ts';
import { visitPage } from '../conversations/tell-of-visitor.ts';
import { PublishedBoxes } from '../chatboxes/published-box.ts';
import { visitorRoutes } from './http.ts';
import { openVisit } from './open-visit.ts';
import { readVisitorPanel } from './read-visitor-panel.ts';
import { saveAttributes } from './save-attributes.ts';
import { issueTokens, visitorOf } from './tokens.ts';

let database: TestDatabase;
let account: TestAccount;

before(async () => {
  database = await testDatabase({
    FOYER_CHAT_URL: 'https://chat.example',
    FOYER_CONSOLE_URL: 'https://console.example',
  });
  account = await makeAccount(database.context);
});
after(() => database[Symbol.asyncDispose]());

const refusedAs = (code: string) => (error: unknown) => error instanceof Refusal && error.code === code;
const start = (page: string | null = null) => ({
  ref: randomUUID(),
  details: {},
  page: page === null ? null : { url: page, title: '' },
  language: 'en',
  browser: null,
});
const begin = async (actor: VisitorActor, page?: string) =>
  (await startConversation(database.context, actor, 'Hello', start(page))).conversationId;
const open = (refresh?: string, key = account.key) => openVisit(database.context, key, refresh);

describe('a visit', () => {
  test('of an unknown key is not found', async () => {
    await assert.rejects(open(undefined, 'A'.repeat(22)), refusedAs('not_found'));
  });

  test('E7: stores nothing, and speaks for a visitor of the account and box of its key', async () => {
    const before = await Promise.all(
      ['visitors', 'conversations', 'entries'].map((table) => countRows(database.context, table)),
    );
    const visit = await open();
    const actor = await visitorOf(database.context.key('visitor'), visit.access, 'access');
    const { since, ...rest } = actor;
    assert.ok(Math.abs(since.getTime() - Date.now()) < 5000);
    assert.deepEqual(rest, {
      kind: 'visitor',
      accountId: account.accountId,
      visitorId: visit.visitorId,
      chatboxId: account.visitor().chatboxId,
    });
    assert.ok(Math.abs(Date.parse(visit.accessExpiresAt) - Date.now() - 15 * 60_000) < 5000);
    assert.deepEqual(
      await Promise.all(
        ['visitors', 'conversations', 'entries'].map((table) => countRows(database.context, table)),
      ),
      before,
    );
  });

  test('goes on with its refresh token, open conversation and all', async () => {
    const first = await open();
    const actor = await visitorOf(database.context.key('visitor'), first.access, 'access');
    const conversationId = await begin(actor);
    const second = await open(first.refresh);
    assert.deepEqual([second.visitorId, second.conversation?.id], [first.visitorId, conversationId]);
    await closeConversation(database.context, actor, conversationId, randomUUID());
    assert.equal((await open(second.refresh)).conversation, null);
  });

  test('C11: begins anew, without a stop, with any refresh token that is not its own', async () => {
    const first = await open();
    const other = await makeAccount(database.context);
    const key = database.context.key('visitor');
    const claims = { account: account.accountId, chatbox: account.visitor().chatboxId, since: 0, iat: 0 };
    const sign = (more: { use?: string; exp?: string; with?: Uint8Array; sub?: string }) =>
      new SignJWT(claims)
        .setProtectedHeader({ alg: 'HS256' })
        .setSubject(more.sub ?? first.visitorId)
        .setAudience(more.use ?? 'refresh')
        .setExpirationTime(more.exp ?? '1h')
        .sign(more.with ?? key);
    assert.equal((await open(await sign({}))).visitorId, first.visitorId, 'the control is accepted');
    const theirs = await openVisit(database.context, other.key, undefined);
    assert.notEqual(
      (await open(theirs.refresh)).visitorId,
      theirs.visitorId,
      'the visitor of another account',
    );
    const foreign: Record<string, string> = {
      'of another account': theirs.refresh,
      'an access token': first.access,
      expired: await sign({ exp: '-1s' }),
      'of another installation': await sign({ with: new Uint8Array(32) }),
      'signed with the key of another purpose': await sign({ with: database.context.key('session') }),
      'for no visitor': await sign({ sub: 'x' }),
      none: `${Buffer.from('{"alg":"none"}').toString('base64url')}.${first.refresh.split('.')[1]}.`,
      garbage: 'a.b.c',
      empty: '',
    };
    for (const [what, refresh] of Object.entries(foreign))
      assert.notEqual((await open(refresh)).visitorId, first.visitorId, what);
  });

  test('begins anew after hours of absence, though the visitor stays the same', async () => {
    const first = await open();
    const key = database.context.key('visitor');
    const token = (hoursAgo: number) =>
      new SignJWT({ account: account.accountId, chatbox: account.visitor().chatboxId, since: 1000 })
        .setProtectedHeader({ alg: 'HS256' })
        .setSubject(first.visitorId)
        .setAudience('refresh')
        .setIssuedAt(Math.floor(Date.now() / 1000 - hoursAgo * 3600))
        .setExpirationTime('1h')
        .sign(key);
    const since = async (refresh: string) => {
      const { access } = await open(refresh);
      return (await visitorOf(key, access, 'access')).since.getTime();
    };
    assert.equal(await since(await token(3)), 1000);
    assert.ok((await since(await token(5))) > 1000);
  });

  test('is spoken for by an access token alone, until it expires', async () => {
    const key = database.context.key('visitor');
    const { refresh } = await issueTokens(key, account.visitor());
    await assert.rejects(visitorOf(key, refresh, 'access'), refusedAs('not_signed_in'));
    const late = await new SignJWT({ account: account.accountId, chatbox: randomUUID() })
      .setProtectedHeader({ alg: 'HS256' })
      .setSubject(randomUUID())
      .setAudience('access')
      .setExpirationTime('-1s')
      .sign(key);
    await assert.rejects(visitorOf(key, late, 'access'), refusedAs('token_expired'));
  });

  test('over https is also kept in a cookie that belongs to the site and to this box alone', async () => {
    const route = visitorRoutes(database.context, new PublishedBoxes(database.context)).find(
      ({ path }) => path === '/v1/visitor/session',
    );
    const visit = async (headers: Headers, key = account.key) => {
      const reply = await route?.handle({
        actor: undefined,
        params: undefined,
        query: undefined,
        body: { key },
        request: { ip: '', headers, listener: 'chat', signal: new AbortController().signal },
      });
      assert.ok(reply instanceof Reply);
      const line = reply.headers.find(([name]) => name === 'set-cookie')?.[1] ?? '';
      return { line, visitorId: (reply.body as { visitorId: string }).visitorId };
    };
    const first = await visit(new Headers());
    const [pair = '', ...attributes] = first.line.split('; ');
    assert.deepEqual(attributes.toSorted(), [
      'HttpOnly',
      'Max-Age=15552000',
      'Partitioned',
      'Path=/',
      'SameSite=None',
      'Secure',
    ]);
    assert.match(pair, new RegExp(`^__Host-foyer-visitor-${account.key}=`));
    assert.equal((await visit(new Headers({ cookie: `x=y; ${pair}; z` }))).visitorId, first.visitorId);
    const other = await makeAccount(database.context);
    assert.notEqual((await visit(new Headers({ cookie: pair }), other.key)).visitorId, first.visitorId);
  });
});

describe('attributes', () => {
  const stored = async ({ visitorId }: VisitorActor) =>
    (await readVisitorPanel(database.context, account.administrator, visitorId)).visitor.attributes;
  const many = (count: number, from = 0) =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`name ${from + index}`, 'v']));

  test('are added to what is there, and the last value wins', async () => {
    const actor = account.visitor();
    await saveAttributes(database.context, actor, { plan: 'free', constructor: 'x' });
    await saveAttributes(database.context, actor, { plan: 'gold', toString: '{{7*7}}' });
    assert.deepEqual(await stored(actor), { plan: 'gold', constructor: 'x', toString: '{{7*7}}' });
  });

  test('are at most twenty, also when they come at once', async () => {
    const actor = account.visitor();
    await saveAttributes(database.context, actor, many(20));
    await saveAttributes(database.context, actor, many(20));
    await assert.rejects(saveAttributes(database.context, actor, many(1, 20)), refusedAs('limit_reached'));
    assert.equal(Object.keys(await stored(actor)).length, 20);
    const hasty = account.visitor();
    const outcomes = await Promise.allSettled(
      [0, 1, 2, 3].map((index) => saveAttributes(database.context, hasty, many(10, index * 10))),
    );
    assert.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 2);
    assert.equal(Object.keys(await stored(hasty)).length, 20);
  });
});

describe('an offline message', () => {
  const leave = (actor: VisitorActor, ref: string) =>
    leaveMessage(
      database.context,
      actor,
      { email: 'v@example.com', subject: 'Shoes', text: 'Call me' },
      { ...start(), ref },
    );

  test('is stored once, however often and however fast it is repeated', async () => {
    const actor = account.visitor();
    const ref = randomUUID();
    const left = await Promise.all(Array.from({ length: 10 }, () => leave(actor, ref)));
    left.push(await leave(actor, ref));
    assert.equal(new Set(left.map(({ conversationId }) => conversationId)).size, 1);
    const panel = await readVisitorPanel(database.context, account.administrator, actor.visitorId);
    assert.equal(panel.conversations.length, 1);
    assert.notEqual(
      (await leave(actor, randomUUID())).conversationId,
      left[0]?.conversationId,
      'another is another',
    );
  });

  test('stands beside an open chat', async () => {
    const actor = account.visitor();
    const conversationId = await begin(actor);
    assert.notEqual((await leave(actor, randomUUID())).conversationId, conversationId);
    assert.equal(await begin(actor), conversationId);
  });
});

describe('the visitor panel (OC-16)', () => {
  test('is shown to administrators, and to others through a conversation that they may read, with those alone', async () => {
    const [owner, colleague] = await Promise.all([
      account.addOperator('normal'),
      account.addOperator('normal'),
    ]);
    const actor = account.visitor();
    const panel = (who: OperatorActor) => readVisitorPanel(database.context, who, actor.visitorId);
    await assert.rejects(panel(account.administrator), refusedAs('not_found'), 'not before it has acted');
    const first = await begin(actor);
    for (const who of [account.administrator, owner, colleague])
      assert.deepEqual(
        (await panel(who)).conversations.map(({ id }) => id),
        [first],
      );
    await acceptConversation(database.context, owner, first, randomUUID());
    await assert.rejects(panel(colleague), refusedAs('not_found'));
    await closeConversation(database.context, owner, first, randomUUID());
    const second = await begin(actor);
    assert.deepEqual(
      (await panel(colleague)).conversations.map(({ id }) => id),
      [second],
    );
    for (const who of [account.administrator, owner])
      assert.deepEqual(
        (await panel(who)).conversations.map(({ id }) => id),
        [second, first],
      );
  });

  test('shows the pages of the conversations that the operator may read, no others', async () => {
    const [owner, colleague] = await Promise.all([
      account.addOperator('normal'),
      account.addOperator('normal'),
    ]);
    const actor = account.visitor();
    const first = await begin(actor);
    await acceptConversation(database.context, owner, first, randomUUID());
    const visit = async (conversationId: string, url: string) => {
      await visitPage(database.context, actor, conversationId, randomUUID(), { url, title: '' });
    };
    await visit(first, 'https://shop.example/private');
    await closeConversation(database.context, owner, first, randomUUID());
    await visit(await begin(actor), 'https://shop.example/now');
    const pages = async (who: OperatorActor) =>
      (await readVisitorPanel(database.context, who, actor.visitorId)).pages.map(({ url }) => url);
    assert.deepEqual(await pages(account.administrator), [
      'https://shop.example/now',
      'https://shop.example/private',
    ]);
    assert.deepEqual(await pages(colleague), ['https://shop.example/now']);
  });
});
