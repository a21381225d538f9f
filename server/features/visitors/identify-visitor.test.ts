import assert from 'node:assert/strict';
import { createHmac, generateKeyPairSync, randomUUID, sign as signWith } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import type { VisitorActor } from '../../core/actor.ts';
import { Refusal } from '../../core/errors.ts';
import { testDatabase, type TestDatabase } from '../../test/database.ts';
import { makeAccount, type TestAccount } from '../../test/factories.ts';
import { loadConversations } from '../../unscoped/read-log.ts';
import { postMessage } from '../conversations/post-message.ts';
import { startConversation } from '../conversations/start-conversation.ts';
import { identifyVisitor } from './identify-visitor.ts';
import { issueTokens, visitorOf } from './tokens.ts';

let database: TestDatabase;
let account: TestAccount;
let secret: string;
let otherSecret: string;

const secretOf = async ({ accountId }: TestAccount): Promise<string> => {
  const { rows } = await database.context.db.unscoped.query<{ identity_secret: string }>(
    'select identity_secret from accounts where account_id = $1',
    [accountId],
  );
  return rows[0]?.identity_secret ?? '';
};

before(async () => {
  database = await testDatabase();
  account = await makeAccount(database.context);
  secret = await secretOf(account);
  otherSecret = await secretOf(await makeAccount(database.context));
});
after(() => database[Symbol.asyncDispose]());

const part = (value: unknown): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
const inSeconds = (seconds: number): number => Math.floor(Date.now() / 1000) + seconds;
const good = (more: object = {}) => ({ sub: randomUUID(), exp: inSeconds(60), ...more });

function token(
  payload: unknown = good(),
  { header = {}, key = secret, hash = 'sha256' }: { header?: object; key?: string; hash?: string } = {},
): string {
  const signed = `${part({ alg: 'HS256', typ: 'JWT', ...header })}.${part(payload)}`;
  return `${signed}.${createHmac(hash, key).update(signed).digest('base64url')}`;
}
const unsigned = (alg: string): string => `${part({ alg })}.${part(good())}.`;

async function identify(actor: VisitorActor, claims: string | object) {
  return identifyVisitor(database.context, actor, typeof claims === 'string' ? claims : token(claims));
}

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const replayed = randomUUID();

/** C11: name -> token that must not be believed. */
const forged: Record<string, () => string | Promise<string>> = {
  nothing: () => '',
  'no token': () => 'x',
  'three empty parts': () => '..',
  'three words': () => 'a.b.c',
  'alg none': () => unsigned('none'),
  'alg None': () => unsigned('None'),
  'alg NONE with a signature': () => `${unsigned('NONE')}${part('x')}`,
  'no alg': () => token(good(), { header: { alg: undefined } }),
  'another secret': () => token(good(), { key: 'a guess' }),
  'the empty secret': () => token(good(), { key: '' }),
  "another account's secret": () => token(good(), { key: otherSecret }),
  'the account id as secret': () => token(good(), { key: account.accountId }),
  'no signature': () => token().split('.').slice(0, 2).join('.'),
  'half a signature': () => token().slice(0, -20),
  'a changed payload': () => {
    const [head, , signature] = token().split('.');
    return [head, part(good({ sub: 'admin' })), signature].join('.');
  },
  'another hash (HS512)': () => token(good(), { header: { alg: 'HS512' }, hash: 'sha512' }),
  'another hash (HS384)': () => token(good(), { header: { alg: 'HS384' }, hash: 'sha384' }),
  'RS256 with HMAC (key confusion)': () => token(good(), { header: { alg: 'RS256' } }),
  'RS256 with a key of its own': () => {
    const jwk = publicKey.export({ format: 'jwk' });
    const signed = `${part({ alg: 'RS256', jwk })}.${part(good())}`;
    return `${signed}.${signWith('sha256', Buffer.from(signed), privateKey).toString('base64url')}`;
  },
  'HS256 with an embedded key': () =>
    token(good(), { header: { jwk: { kty: 'oct', k: part('x') } }, key: 'x' }),
  'a critical extension': () => token(good(), { header: { crit: ['b64'], b64: false } }),
  'expired a minute ago': () => token(good({ exp: inSeconds(-60) })),
  'valid for eleven minutes': () => token(good({ exp: inSeconds(11 * 60) })),
  'valid for ever': () => token(`{"sub":"x","exp":1e300}`),
  'no exp': () => token({ sub: 'x' }),
  'exp as text': () => token({ sub: 'x', exp: String(inSeconds(60)) }),
  'not valid yet': () => token(good({ nbf: inSeconds(300) })),
  'no sub': () => token({ exp: inSeconds(60) }),
  'empty sub': () => token(good({ sub: '' })),
  'number as sub': () => token(good({ sub: 1 })),
  'sub too long': () => token(good({ sub: 'x'.repeat(201) })),
  'NUL in sub': () => token(good({ sub: 'a\u0000b' })),
  'half a character in sub': () => token(good({ sub: '\ud800' })),
  'no e-mail address': () => token(good({ email: 'x' })),
  'two lines as name': () => token(good({ name: 'a\r\nb' })),
  'a list as payload': () => token([good()]),
  'no JSON as payload': () => token('{'),
  "our own visitor's token": async () =>
    (await issueTokens(database.context.key('visitor'), account.visitor())).access,
  'used before': async () => {
    const once = token(good({ jti: replayed }));
    await identify(account.visitor(), once);
    return once;
  },
  'the jti of a used one': () => token(good({ jti: replayed })),
};

describe('C11: an identity is refused with bad_signature, and changes nothing, that is or has', () => {
  assert.ok(Object.keys(forged).length >= 20);
  for (const [what, make] of Object.entries(forged)) {
    test(what, async () => {
      const actor = account.visitor();
      const attempt = identify(actor, await make());
      await assert.rejects(attempt, (error) => error instanceof Refusal && error.code === 'bad_signature');
      const { rows } = await database.context.db.unscoped.query(
        'select 1 from visitors where visitor_id = $1',
        [actor.visitorId],
      );
      assert.equal(rows.length, 0);
    });
  }

  test('nothing of these: it is accepted, also twice without jti and with the same jti in another account', async () => {
    const simple = token(good());
    for (const one of [
      simple,
      simple,
      token(good({ exp: inSeconds(600), name: 'Ann', email: 'ann@example.com', jti: randomUUID() })),
    ]) {
      assert.ok((await identify(account.visitor(), one)).access);
    }
    const other = await makeAccount(database.context);
    const key = await secretOf(other);
    assert.ok((await identify(other.visitor(), token(good({ jti: replayed }), { key }))).access);
  });
});

const start = () => ({ ref: randomUUID(), details: {}, page: null, language: 'en', browser: null });
const begin = async (actor: VisitorActor) =>
  (await startConversation(database.context, actor, 'Hello', start())).conversationId;
const speaker = (access: string) => visitorOf(database.context.key('visitor'), access, 'access');
async function mayPost(actor: VisitorActor, conversationId: string): Promise<boolean> {
  try {
    await postMessage(database.context, actor, { conversationId, ref: randomUUID(), text: 'again' });
    return true;
  } catch (error) {
    if (error instanceof Refusal && error.code === 'not_found') return false;
    throw error;
  }
}

describe('an identity (pains.md 1.7)', () => {
  test('keeps what was begun in the same visit by a visitor who was nobody yet', async () => {
    const actor = account.visitor();
    const conversationId = await begin(actor);
    const visit = await identify(actor, good({ name: 'Ann', email: 'ann@example.com' }));
    assert.deepEqual([visit.visitorId, visit.conversation?.id], [actor.visitorId, conversationId]);
    assert.ok(await mayPost(await speaker(visit.access), conversationId));
  });

  test("B3: that is another than the visit's never sees its conversation", async () => {
    const actor = account.visitor();
    const conversationId = await begin(actor);
    const first = await identify(actor, good());
    const second = await identify(await speaker(first.access), good());
    assert.notEqual(second.visitorId, first.visitorId);
    assert.equal(second.conversation, null);
    const other = await speaker(second.access);
    assert.equal(await mayPost(other, conversationId), false);
    const own = await begin(other);
    const [stored] = await loadConversations(database.context.db, [
      { accountId: account.accountId, conversationId: own },
    ]);
    assert.equal(stored?.conversation.visitor.id, second.visitorId);
    assert.equal(await mayPost(await speaker(first.access), own), false);
  });

  test('takes nothing that an earlier visit of the same browser left open', async () => {
    const nobody = account.visitor();
    const conversationId = await begin(nobody);
    const later = { ...nobody, since: new Date(Date.now() + 60_000) };
    const visit = await identify(later, good());
    assert.notEqual(visit.visitorId, nobody.visitorId);
    assert.equal(visit.conversation, null);
    assert.equal(await mayPost(await speaker(visit.access), conversationId), false);
  });

  test('that is known continues as itself on another device, and takes nothing of the nobody there', async () => {
    const sub = randomUUID();
    const [home, work] = [account.visitor(), account.visitor()];
    const own = await begin(home);
    const first = await identify(home, good({ sub }));
    const strangers = await begin(work);
    const second = await identify(work, good({ sub }));
    assert.deepEqual([second.visitorId, second.conversation?.id], [first.visitorId, own]);
    assert.equal(await mayPost(await speaker(second.access), strangers), false);
    assert.ok(await mayPost(work, strangers), 'the nobody keeps it');
  });

  test('B1: of one account is nobody in another', async () => {
    const sub = randomUUID();
    const other = await makeAccount(database.context);
    const first = await identify(account.visitor(), good({ sub }));
    const second = await identify(other.visitor(), token(good({ sub }), { key: await secretOf(other) }));
    assert.notEqual(first.visitorId, second.visitorId);
  });

  test('that comes from many visits at once is one visitor, and none of them is turned away', async () => {
    for (let round = 0; round < 5; round += 1) {
      const sub = randomUUID();
      const visits = await Promise.all(
        Array.from({ length: 8 }, () => identify(account.visitor(), good({ sub }))),
      );
      assert.equal(new Set(visits.map(({ visitorId }) => visitorId)).size, 1);
    }
  });

  test('and another of the same visit at once are two visitors', async () => {
    for (let round = 0; round < 5; round += 1) {
      const actor = account.visitor();
      const visits = await Promise.all(Array.from({ length: 6 }, () => identify(actor, good())));
      assert.equal(new Set(visits.map(({ visitorId }) => visitorId)).size, 6);
    }
  });
});
