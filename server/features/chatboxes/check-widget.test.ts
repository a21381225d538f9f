import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import type { ChatboxSettings, WidgetCheck, WidgetState } from '#protocol/chatboxes.ts';
import type { Hours, LanguageFallback } from '#protocol/routing.ts';
import type { OperatorActor } from '../../core/actor.ts';
import { testDatabase, type TestDatabase } from '../../test/database.ts';
import { makeAccount } from '../../test/factories.ts';
import { host, routedAccount, type RoutedAccount } from '../../test/routed-account.ts';
import { removeDomain } from '../accounts/remove-domain.ts';
import { acceptConversation } from '../conversations/accept-conversation.ts';
import { startConversation } from '../conversations/start-conversation.ts';
import { changeOperator } from '../operators/change-operator.ts';
import { setStatus } from '../operators/set-status.ts';
import { addDepartment } from '../routing/add-department.ts';
import { changeSettings } from '../routing/change-settings.ts';
import { putRule } from '../routing/put-rule.ts';
import { readRouting } from '../routing/read-routing.ts';
import { setDestinations } from '../routing/set-destinations.ts';
import { checkWidget } from './check-widget.ts';
import { PublishedBoxes } from './published-box.ts';

let database: TestDatabase;
before(async () => {
  database = await testDatabase({
    FOYER_CHAT_URL: 'https://chat.foyer.example',
    FOYER_CONSOLE_URL: 'https://foyer.example',
  });
  await database.context.presence.start();
});
after(() => database[Symbol.asyncDispose]());

type Visitor = { page?: string; language?: string };
type House = RoutedAccount;

const house = async (whenOffline: ChatboxSettings['whenOffline'] = 'hide'): Promise<House> => {
  const at = await routedAccount(database.context, whenOffline);
  // "Installed": a page has shown it.
  await new PublishedBoxes(database.context).state(at.account.key, { host });
  return at;
};

const closedUntil2099: Hours = {
  timeZone: 'Europe/Zagreb',
  week: Array.from({ length: 7 }, () => []),
  exceptions: [{ date: '2099-01-02', name: null, intervals: [{ from: '09:00', to: '10:00' }] }],
};

const check = ({ account }: Pick<House, 'account'>): Promise<WidgetCheck> =>
  checkWidget(database.context, account.administrator, account.visitor().chatboxId);
/** What the engine shows this visitor, by the same way as a real widget asks. */
const served = ({ account }: House, { page = '/', language = 'en' }: Visitor = {}) =>
  new PublishedBoxes(database.context).state(account.key, { host, page: `https://${host}${page}`, language });
const bad = ({ points }: WidgetCheck) => points.filter(({ ok }) => !ok);

/** In the department that the operator is in already. */
async function serve({ operatorId }: OperatorActor, { account }: House, languages: string[]): Promise<void> {
  const { context } = database;
  const { accountId, administrator } = account;
  const { destinations: all } = await context.db.inAccount(accountId, (tx) => readRouting(tx, accountId));
  const departmentId = all[operatorId]?.[0]?.departmentId ?? null;
  const destinations = languages.map((language) => ({ language, departmentId }));
  await setDestinations(context, administrator, operatorId, destinations);
}

const nobodyServesFrench = (languageFallback: LanguageFallback) => async (at: House) => {
  await serve(at.anna, at, ['en']);
  await serve(at.bela, at, ['en']);
  await changeSettings(database.context, at.account.administrator, { languageFallback });
};
const takeOne = async ({ account }: House, operator: OperatorActor) => {
  const { context } = database;
  const details = { ref: randomUUID(), details: {}, page: null, language: 'en', browser: null };
  const { conversationId } = await startConversation(context, account.visitor(), 'Hello', details);
  await acceptConversation(context, operator, conversationId, randomUUID());
};
const change = (settings: Parameters<typeof changeSettings>[2]) => (at: House) =>
  changeSettings(database.context, at.account.administrator, settings);

type Case = {
  name: string;
  whenOffline?: ChatboxSettings['whenOffline'];
  spoil: (at: House) => Promise<unknown>;
  point: WidgetCheck['points'][number]['code'];
  says: RegExp;
  fix: string;
  /** Of whom the point speaks, and what the engine shows them. */
  visitor?: Visitor;
  state: WidgetState;
  /** To everybody else. */
  others?: WidgetState;
  shows: WidgetCheck['shows'];
};

const cases: Case[] = [
  {
    name: 'no domain',
    spoil: ({ account: { accountId } }) =>
      database.context.db.inAccount(accountId, async (tx) => {
        await removeDomain(tx, accountId, host);
      }),
    point: 'domain',
    says: /^No domain is registered/,
    fix: '/widget-code#domains',
    state: 'hidden',
    shows: 'hidden',
  },
  {
    name: 'closed',
    spoil: change({ hours: closedUntil2099 }),
    point: 'hours',
    says: /^Your business hours say closed until Friday 2 January.*09:00.*: chat is hidden\.$/,
    fix: '/settings/business-hours',
    state: 'hidden',
    shows: 'hidden',
  },
  {
    name: 'closed, with the form',
    whenOffline: 'form',
    spoil: change({ hours: { ...closedUntil2099, exceptions: [] } }),
    point: 'hours',
    says: /^Your business hours say closed: visitors are offered the offline form\.$/,
    fix: '/settings/business-hours',
    state: 'offline',
    shows: 'offline',
  },
  {
    name: 'nobody online',
    whenOffline: 'image',
    spoil: async ({ anna, bela }) => {
      for (const operator of [anna, bela]) await setStatus(database.context, operator, 'away');
    },
    point: 'online',
    says: /^Nobody is online now; while that is so, it shows the offline image\.$/,
    fix: '/?status=online',
    state: 'offline',
    shows: 'offline',
  },
  {
    name: 'nobody for a page',
    spoil: async ({ account: { administrator, addOperator } }) => {
      const clara = await addOperator('normal');
      const operators = [clara.operatorId];
      await putRule(database.context, administrator, undefined, { address: `${host}/hats`, operators });
    },
    point: 'pages',
    says: /^Nobody who is online answers on shop\.example\/hats: chat is hidden\.$/,
    fix: '/settings/url-routing',
    visitor: { page: '/hats/red' },
    state: 'hidden',
    others: 'online',
    shows: 'differs',
  },
  {
    name: 'nobody in a department',
    spoil: async ({ account: { administrator, addOperator } }) => {
      const clara = await addOperator('normal');
      await addDepartment(database.context, administrator, {
        name: 'Repairs',
        operators: [clara.operatorId],
      });
    },
    point: 'departments',
    says: /^Nobody of Repairs is online: chat is shown, but visitors who choose it wait\.$/,
    fix: '/settings/departments',
    state: 'online',
    shows: 'online',
  },
  ...(
    [
      ['hide', 'chat is hidden', 'hidden', 'differs'],
      ['form', 'visitors are offered the offline form', 'offline', 'differs'],
      ['queue', 'chat is shown, and visitors wait in the queue', 'online', 'online'],
    ] as const
  ).map(([fallback, effect, state, shows]): Case => ({
    name: `nobody for a language: ${fallback}`,
    spoil: nobodyServesFrench(fallback),
    point: 'languages',
    says: new RegExp(
      `^Nobody who is online serves French: ${effect}\\. In any other language: ${effect}\\.$`,
    ),
    fix: '/settings/destinations',
    visitor: { language: 'fr' },
    state,
    others: 'online',
    shows,
  })),
  {
    name: 'nobody for a language on one page alone',
    spoil: async (at) => {
      await serve(at.anna, at, ['en', 'fr']);
      await serve(at.bela, at, ['en']);
    },
    point: 'languages',
    says: /^Nobody who is online serves French on shop\.example\/help: chat is hidden\./,
    fix: '/settings/destinations',
    visitor: { page: '/help', language: 'fr' },
    state: 'hidden',
    others: 'online',
    shows: 'differs',
  },
  {
    name: 'everybody at the limit',
    spoil: async (at) => {
      for (const operator of [at.anna, at.bela]) await takeOne(at, operator);
    },
    point: 'capacity',
    says: /^Everybody who is online has as many chats as the limit allows: chat is shown, and visitors wait in the queue\.$/,
    fix: '/settings/queue#queue-ring',
    state: 'online',
    shows: 'online',
  },
  {
    name: 'everybody of a page at its own limit',
    spoil: async (at) => {
      const { administrator } = at.account;
      await change({ capacity: null })(at);
      await changeOperator(database.context, administrator, at.bela.operatorId, { capacity: 1 });
      await takeOne(at, at.bela);
    },
    point: 'capacity',
    says: /^Everybody who is online and answers on shop\.example\/help has as many chats/,
    fix: '/settings/operators',
    visitor: { page: '/help' },
    state: 'online',
    shows: 'online',
  },
];

describe('"Why is my widget not showing?" tells what the engine does (VI-14)', () => {
  test('with all good, every point is good and every visitor sees chat', async () => {
    const at = await house();
    await serve(at.anna, at, ['en', 'fr']);
    await serve(at.bela, at, ['en', 'fr']);
    const { points, shows } = await check(at);
    assert.deepEqual(
      points.map(({ code }) => code),
      ['domain', 'operator', 'hours', 'online', 'pages', 'departments', 'languages', 'capacity', 'installed'],
    );
    assert.deepEqual(bad({ points } as WidgetCheck), []);
    assert.equal(shows, 'online');
    for (const page of ['/', '/shoes', '/help'])
      for (const language of ['en', 'fr'])
        assert.equal((await served(at, { page, language })).state, 'online', `${page} ${language}`);
  });

  for (const { name, whenOffline, spoil, point, says, fix, visitor, state, others, shows } of cases) {
    test(`alone: ${name}`, async () => {
      const at = await house(whenOffline);
      await spoil(at);
      const now = await check(at);
      // Without a domain nobody can have seen the code.
      const wrong = bad(now).filter(({ code }) => point !== 'domain' || code !== 'installed');
      assert.deepEqual(
        wrong.map(({ code }) => code),
        [point],
        JSON.stringify(wrong),
      );
      assert.match(wrong[0]?.says ?? '', says);
      assert.equal(wrong[0]?.fix, fix);
      assert.equal((await served(at, visitor)).state, state);
      if (others !== undefined) assert.equal((await served(at)).state, others);
      assert.equal(now.shows, shows);
    });
  }

  test('a reason does not hide another: closed, and nobody for a page', async () => {
    const at = await house();
    await change({ hours: closedUntil2099 })(at);
    await setStatus(database.context, at.bela, 'away');
    assert.deepEqual(
      bad(await check(at)).map(({ code }) => code),
      ['hours', 'pages', 'departments'],
    );
  });

  test('who is answered in the language of the account is no gap, and is named', async () => {
    const at = await house();
    await nobodyServesFrench('default-language')(at);
    const now = await check(at);
    assert.deepEqual(bad(now), []);
    const { says } = now.points.find(({ code }) => code === 'languages') ?? {};
    assert.equal(
      says,
      'Nobody who is online serves French: visitors are answered in English. In any other language: visitors are answered in English.',
    );
    assert.equal((await served(at, { language: 'fr' })).state, 'online');
  });

  test('what is not set has no point', async () => {
    const account = await makeAccount(database.context);
    await database.context.presence.arrived(account.administrator);
    const { points } = await check({ account });
    assert.deepEqual(
      points.map(({ code }) => code),
      ['domain', 'operator', 'online', 'installed'],
    );
  });
});
