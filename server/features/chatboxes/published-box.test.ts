import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import type { ChatboxSettings, WidgetState } from '#protocol/chatboxes.ts';
import type { OperatorActor } from '../../core/actor.ts';
import { Refusal } from '../../core/errors.ts';
import { testDatabase, type TestDatabase } from '../../test/database.ts';
import { makeAccount, type TestAccount } from '../../test/factories.ts';
import { addDomain } from '../accounts/add-domain.ts';
import { changeAccount } from '../accounts/change-account.ts';
import { listDomains } from '../accounts/list-domains.ts';
import { removeDomain } from '../accounts/remove-domain.ts';
import { setStatus } from '../operators/set-status.ts';
import { addDepartment } from '../routing/add-department.ts';
import { changeDepartment } from '../routing/change-department.ts';
import { changeSettings } from '../routing/change-settings.ts';
import { putRule } from '../routing/put-rule.ts';
import { setDestinations } from '../routing/set-destinations.ts';
import { changeChatbox } from './change-chatbox.ts';
import { checkWidget } from './check-widget.ts';
import { defaultSettings } from './default-settings.ts';
import { PublishedBoxes } from './published-box.ts';

let database: TestDatabase;
let account: TestAccount;
let chatboxId: string;

before(async () => {
  database = await testDatabase({
    FOYER_CHAT_URL: 'https://chat.foyer.example',
    FOYER_CONSOLE_URL: 'https://foyer.example',
  });
  await database.context.presence.start();
});
beforeEach(async () => {
  account = await makeAccount(database.context);
  ({ chatboxId } = account.visitor());
});
after(() => database[Symbol.asyncDispose]());

const register = (...hosts: string[]) =>
  database.context.db.inAccount(account.accountId, async (tx) => {
    for (const host of hosts) await addDomain(tx, account.accountId, host);
  });
const arrive = (actor: OperatorActor) => database.context.presence.arrived(actor);
const offline = (whenOffline: ChatboxSettings['whenOffline']) =>
  changeChatbox(database.context, account.administrator, chatboxId, { settings: { whenOffline } });
/** Asked anew: the cache would answer with what was three seconds ago. */
const answer = (place: { host?: string; page?: string; language?: string } = {}, key = account.key) =>
  new PublishedBoxes(database.context).state(key, place);
const state = async (host?: string, key?: string): Promise<WidgetState> =>
  (await answer(host === undefined ? {} : { host }, key)).state;

describe('the launcher (VI-02, VI-06)', () => {
  test('is hidden everywhere but on the test page while no domain is registered', async () => {
    await arrive(account.administrator);
    for (const host of ['shop.example', '', 'localhost', 'foyer.example', 'evil-chat.foyer.example'])
      assert.equal(await state(host), 'hidden', host);
    assert.equal(await state('chat.foyer.example'), 'online');
    assert.equal(await state(undefined), 'online');
  });

  test('is shown on a registered domain and its www twin, and nowhere else', async () => {
    await register('shop.example', 'localhost');
    await arrive(account.administrator);
    const table: Record<string, WidgetState> = {
      'shop.example': 'online',
      'www.shop.example': 'online',
      localhost: 'online',
      'blog.shop.example': 'hidden',
      'www.www.shop.example': 'hidden',
      'shop.example.evil.example': 'hidden',
      'evil-shop.example': 'hidden',
      'SHOP.example': 'hidden',
      'shop.example:443': 'hidden',
      'shop.example.': 'hidden',
      '*': 'hidden',
      '': 'hidden',
      __proto__: 'hidden',
    };
    for (const [host, expected] of Object.entries(table)) assert.equal(await state(host), expected, host);
  });

  test('of a domain that is registered with www is not shown without it', async () => {
    await register('www.shop.example');
    await arrive(account.administrator);
    assert.deepEqual([await state('www.shop.example'), await state('shop.example')], ['online', 'hidden']);
  });

  test('says online exactly while an operator who chose so is there; else what the box chose', async () => {
    await register('shop.example');
    for (const [choice, expected] of [
      ['form', 'offline'],
      ['image', 'offline'],
      ['hide', 'hidden'],
    ] as const) {
      await offline(choice);
      assert.equal(await state('shop.example'), expected, `nobody, ${choice}`);
    }
    await arrive(account.administrator);
    assert.equal(await state('shop.example'), 'online');
    await setStatus(database.context, account.administrator, 'away');
    assert.equal(await state('shop.example'), 'hidden');
    await offline('form');
    assert.equal(await state('shop.example'), 'offline');
    const second = await account.addOperator('normal');
    await arrive(second);
    assert.equal(await state('shop.example'), 'online');
  });

  test('does not count on people of a server process that has gone', async () => {
    await register('shop.example');
    const { unscoped } = database.context.db;
    const { operatorId, accountId } = account.administrator;
    const nodeId = crypto.randomUUID();
    await unscoped.query('insert into nodes (node_id, lease_until) values ($1, $2)', [
      nodeId,
      new Date(Date.now() - 1),
    ]);
    await unscoped.query(
      'insert into operator_sessions (account_id, operator_id, node_id) values ($1, $2, $3)',
      [accountId, operatorId, nodeId],
    );
    assert.equal(await state('shop.example'), 'offline');
    await unscoped.query('update nodes set lease_until = $2 where node_id = $1', [
      nodeId,
      new Date(Date.now() + 60_000),
    ]);
    await database.context.presence.changed(accountId);
    assert.equal(await state('shop.example'), 'online');
  });

  test("is not moved by another account's operators and domains", async () => {
    await register('shop.example');
    const other = await makeAccount(database.context);
    await arrive(other.administrator);
    assert.equal(await state('shop.example'), 'offline');
    assert.equal(await state('shop.example', other.key), 'hidden');
  });

  test('of an unknown key is not found, and is found once it is there', async () => {
    await assert.rejects(
      state('shop.example', 'A'.repeat(22)),
      (error) => error instanceof Refusal && error.code === 'not_found',
    );
  });

  test('follows a change within seconds, and one failed read is not remembered', async () => {
    const boxes = new PublishedBoxes(database.context);
    await assert.rejects(boxes.of('B'.repeat(22)));
    await database.context.db.unscoped.query('update chatboxes set key = $2 where account_id = $1', [
      account.accountId,
      'B'.repeat(22),
    ]);
    assert.equal((await boxes.of('B'.repeat(22))).accountId, account.accountId);
  });
});

describe('what an open widget shows of routing (OP-07, OP-12, VI-06)', () => {
  const page = 'https://shop.example/shoes';
  const context = () => database.context;
  const boss = () => account.administrator;

  test('follows each change at once, with one read for all who ask', async (t) => {
    const boxes = new PublishedBoxes(context());
    const shows = (language = 'en') => boxes.state(account.key, { host: 'shop.example', page, language });
    const [anna, bela] = [await account.addOperator('normal'), await account.addOperator('normal')];
    await arrive(anna);
    assert.equal((await shows()).state, 'hidden', 'no domain is registered yet');
    await register('shop.example');
    await context().presence.changed(account.accountId);
    const { account: name, language: own, settings, ...offered } = await shows();
    assert.deepEqual([name, own, settings], ['Test company', 'en', defaultSettings]);
    assert.deepEqual(offered, {
      state: 'online',
      watched: false,
      form: true,
      departments: [],
      opensAt: null,
    });
    const sales = await addDepartment(context(), boss(), { name: 'Sales', operators: [anna.operatorId] });
    await addDepartment(context(), boss(), { name: 'Help', operators: [bela.operatorId] });
    const named = async () => (await shows()).departments.map(({ name, free }) => [name, free]);
    assert.deepEqual(await named(), [
      ['Help', false],
      ['Sales', true],
    ]);
    const change = { name: 'Orders', operators: [anna.operatorId, bela.operatorId] };
    await changeDepartment(context(), boss(), sales.departments[0]?.id ?? '', change);
    assert.deepEqual(await named(), [
      ['Help', false],
      ['Orders', true],
    ]);
    await arrive(bela);
    assert.deepEqual(await named(), [
      ['Help', true],
      ['Orders', true],
    ]);
    const read = t.mock.method(context().db, 'inAccount').mock;
    await Promise.all(Array.from({ length: 50 }, () => shows()));
    assert.equal(read.callCount(), 0);
    await setStatus(context(), anna, 'away');
    await setStatus(context(), bela, 'away');
    assert.equal((await shows()).state, 'offline');
  });

  test('is another one by page and language, and then the frame says that it has to ask first', async () => {
    const boxes = new PublishedBoxes(context());
    const anna = await account.addOperator('normal');
    await arrive(anna);
    assert.equal((await boxes.of(account.key)).asks, false);
    await setDestinations(context(), boss(), anna.operatorId, [{ language: 'en', departmentId: null }]);
    assert.equal((await boxes.of(account.key)).asks, true);
    const inFrench = () => boxes.state(account.key, { page, language: 'fr' });
    assert.equal((await boxes.state(account.key, { page, language: 'en' })).state, 'online');
    assert.equal((await inFrench()).state, 'hidden');
    await offline('hide');
    await changeSettings(context(), boss(), { languageFallback: 'form' });
    const { state: shown, form } = await inFrench();
    assert.deepEqual([shown, form], ['offline', true], 'the account wants the form, whatever the box says');
    await changeSettings(context(), boss(), { languageFallback: 'queue' });
    assert.equal((await inFrench()).state, 'online');
    const operators = [boss().operatorId];
    await putRule(context(), boss(), undefined, { address: 'shop.example/shoes', operators });
    await changeSettings(context(), boss(), { urlRouting: true });
    assert.equal((await boxes.state(account.key, { page, language: 'en' })).state, 'hidden');
    const elsewhere = { page: 'https://shop.example/', language: 'en' };
    assert.equal((await boxes.state(account.key, elsewhere)).state, 'online');
  });

  test('says all that the account has set as it is now, also where nothing is shown', async () => {
    const boxes = new PublishedBoxes(context());
    await boxes.of(account.key);
    const settings = { ...defaultSettings, colour: '#123456', emailField: 'required' } as const;
    await changeChatbox(context(), boss(), chatboxId, { settings });
    await changeAccount(context(), boss(), { title: 'Renamed', language: 'de' });
    for (const place of [{}, { host: 'shop.example' }]) {
      const { account: name, language, settings: set } = await boxes.state(account.key, place);
      assert.deepEqual([name, language, set], ['Renamed', 'de', settings], place.host);
    }
  });

  test('says when the business opens (OP-14)', async () => {
    await arrive(boss());
    const week = [[], [], [], [], [], [], []];
    const exceptions = [{ date: '2099-01-02', name: null, intervals: [{ from: '09:00', to: '10:00' }] }];
    await changeSettings(context(), boss(), { hours: { timeZone: 'UTC', week, exceptions } });
    const { state: shown, opensAt } = await answer();
    assert.deepEqual([shown, opensAt], ['offline', '2099-01-02T09:00:00.000Z']);
  });
});

describe('"Why is my widget not showing?" (VI-14)', () => {
  const points = async () => {
    const check = await checkWidget(database.context, account.administrator, chatboxId);
    return { check, ok: Object.fromEntries(check.points.map(({ code, ok }) => [code, ok])) };
  };

  test('names every reason in the order to mend it, and a way to mend exactly what is wrong', async () => {
    await offline('hide');
    const first = await points();
    assert.deepEqual(
      first.check.points.map(({ code }) => code),
      ['domain', 'operator', 'online', 'installed'],
    );
    assert.deepEqual(first.ok, { domain: false, operator: true, online: false, installed: false });
    assert.match(first.check.points[2]?.says ?? '', /it is hidden\.$/);
    await register('shop.example');
    await arrive(account.administrator);
    assert.deepEqual((await points()).ok, { domain: true, operator: true, online: true, installed: false });
    await state('www.shop.example');
    const { check, ok } = await points();
    assert.deepEqual(ok, { domain: true, operator: true, online: true, installed: true });
    assert.equal(check.points[3]?.says, 'The widget was seen on shop.example.');
    for (const { ok: good, fix, says } of [...first.check.points, ...check.points]) {
      assert.equal(fix === null, good);
      assert.match(says, /^[A-Z0-9].*\.$/);
    }
  });

  test('shows the code to paste and the test page of this box', async () => {
    const { check } = await points();
    assert.equal(
      check.snippet,
      `<script async src="https://chat.foyer.example/w/${account.key}.js"></script>`,
    );
    assert.equal(check.testPage, `https://chat.foyer.example/test/${account.key}`);
  });

  test('counts only a host that is registered as installed, and the host as it is registered', async () => {
    await register('www.shop.example', 'shop.example');
    for (const host of ['evil.example', 'www.evil.example', 'chat.foyer.example']) await state(host);
    const seen = async () => {
      const domains = await database.context.db.inAccount(account.accountId, (tx) =>
        listDomains(tx, account.accountId),
      );
      return domains.filter(({ lastSeenAt }) => lastSeenAt !== null).map(({ host }) => host);
    };
    assert.deepEqual(await seen(), []);
    await state('www.shop.example');
    assert.deepEqual(await seen(), ['www.shop.example']);
  });

  test('counts a domain that was removed and added again from then on', async () => {
    const boxes = new PublishedBoxes(database.context);
    const { accountId } = account;
    const domain = async () => {
      const [first] = await database.context.db.inAccount(accountId, (tx) => listDomains(tx, accountId));
      return first;
    };
    const shown = () => boxes.state(account.key, { host: 'shop.example' });
    await register('shop.example');
    await shown();
    const before = await domain();
    assert.ok(before?.lastSeenAt);
    await database.context.db.inAccount(accountId, (tx) => removeDomain(tx, accountId, 'shop.example'));
    await register('shop.example');
    await database.context.presence.changed(accountId);
    assert.equal((await domain())?.lastSeenAt, null);
    await shown();
    assert.ok((await domain())?.lastSeenAt);
  });
});
