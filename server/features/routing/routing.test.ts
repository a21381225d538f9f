import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import type { Destination, Routing } from '#protocol/routing.ts';
import type { OperatorActor } from '../../core/actor.ts';
import { Refusal } from '../../core/errors.ts';
import { topics } from '../../core/realtime/topics.ts';
import { testDatabase, type TestDatabase } from '../../test/database.ts';
import { makeAccount, type TestAccount } from '../../test/factories.ts';
import { streamHead } from '../../test/members.ts';
import { changeAccount } from '../accounts/change-account.ts';
import { deleteOperator } from '../operators/delete-operator.ts';
import { addDepartment } from './add-department.ts';
import { changeDepartment } from './change-department.ts';
import { changeSettings } from './change-settings.ts';
import { putRule } from './put-rule.ts';
import { readRouting } from './read-routing.ts';
import { removeDepartment } from './remove-department.ts';
import { removeRule } from './remove-rule.ts';
import { setDestinations } from './set-destinations.ts';
import { setRecipients } from './set-recipients.ts';
import { simulateRequest } from './simulate-request.ts';
import { undoSwitch } from './undo-switch.ts';

let database: TestDatabase;
let account: TestAccount;
let boss: OperatorActor;
let anna: OperatorActor;
let bela: OperatorActor;

before(async () => {
  database = await testDatabase();
  await database.context.presence.start();
});
beforeEach(async () => {
  account = await makeAccount(database.context);
  boss = account.administrator;
  [anna, bela] = [await account.addOperator('normal'), await account.addOperator('normal')];
});
after(() => database[Symbol.asyncDispose]());

const context = () => database.context;
const read = () => context().db.inAccount(account.accountId, (tx) => readRouting(tx, account.accountId));
const refused = (code: string, sentence: RegExp) => (error: unknown) =>
  error instanceof Refusal && error.code === code && sentence.test(error.message);
const de: Destination = { language: 'de', departmentId: null };
const en: Destination = { language: 'en', departmentId: null };
/** German and English, Anna for both, Bela for German. */
async function threeDestinations(): Promise<Routing> {
  await changeSettings(context(), boss, { languages: ['en', 'de'] });
  await setDestinations(context(), boss, anna.operatorId, [de, en]);
  return setDestinations(context(), boss, bela.operatorId, [de]);
}

test('OP-13: an account that never chose gets the defaults, in its own language', async () => {
  assert.deepEqual(await read(), {
    settings: {
      languages: ['en'],
      urlRouting: false,
      combine: false,
      languageFallback: 'hide',
      distribution: 'ring-all',
      capacity: null,
      answerWithin: 30,
      missedAfter: 300,
      hours: null,
    },
    departments: [],
    destinations: {},
    rules: [],
    offlineRecipients: [],
    undoable: false,
  });
});

test('OP-12: every change moves the change stream by one and tells the operators the whole newest state', async (t) => {
  const publish = t.mock.method(context().hub, 'publish').mock;
  const told = () =>
    publish.calls.map((call) => call.arguments[0]).filter(({ event }) => event.type === 'changes');
  let head = await streamHead(context(), account.accountId);
  const changes: (() => Promise<Routing>)[] = [
    () => changeSettings(context(), boss, { languageFallback: 'queue', hours: null }),
    () => setRecipients(context(), boss, [anna.operatorId]),
    () => putRule(context(), boss, undefined, { address: 'shop.example', operators: [anna.operatorId] }),
    () => addDepartment(context(), boss, { name: 'Sales', operators: [anna.operatorId] }),
  ];
  for (const change of changes) {
    const routing = await change();
    head += 1;
    const event = { type: 'changes', seq: head, conversations: [], operators: [], routing };
    assert.deepEqual(told().at(-1), { topic: topics.account(account.accountId), seq: head, event });
    assert.deepEqual(await read(), routing);
  }
  assert.equal(told().length, changes.length);
  assert.equal((await read()).settings.languageFallback, 'queue');
});

describe('OP-11: the switch of departments', () => {
  test('says how many destinations go, takes them only then, and puts back exactly what was', async () => {
    const before = await threeDestinations();
    const sentence = /on removes 3 destinations of 2 operators/;
    const first = { name: 'Sales', operators: [anna.operatorId] };
    for (const removes of [undefined, 0, 2, 4])
      await assert.rejects(
        addDepartment(context(), boss, { ...first, removes }),
        refused('conflict', sentence),
      );
    assert.deepEqual(await read(), before);
    const on = await addDepartment(context(), boss, { ...first, removes: 3 });
    const departmentId = on.departments[0]?.id ?? '';
    assert.deepEqual(on.destinations, {
      [anna.operatorId]: ['de', 'en'].map((language) => ({ language, departmentId })),
    });
    assert.deepEqual([on.departments[0]?.operators, on.undoable], [[anna.operatorId], true]);
    assert.deepEqual(await undoSwitch(context(), boss), before);
    await assert.rejects(undoSwitch(context(), boss), refused('conflict', /nothing to undo/));
  });

  test('goes off with the last department, in the same way', async () => {
    const sales = await addDepartment(context(), boss, { name: 'Sales', operators: [anna.operatorId] });
    const [one] = sales.departments;
    const both = await addDepartment(context(), boss, { name: 'Help', operators: [bela.operatorId] });
    const help = both.departments.find(({ name }) => name === 'Help');
    assert.ok(one && help);
    await assert.rejects(
      removeDepartment(context(), boss, help.id, undefined),
      refused('conflict', /^Removing the department removes 1 destination of 1 operator\./),
    );
    await removeDepartment(context(), boss, help.id, 1);
    const before = await read();
    assert.deepEqual([before.departments, before.undoable], [[one], false]);
    await assert.rejects(
      removeDepartment(context(), boss, one.id, undefined),
      refused('conflict', /off removes 1 destination of 1 operator\./),
    );
    const off = await removeDepartment(context(), boss, one.id, 1);
    assert.deepEqual([off.departments, off.destinations, off.undoable], [[], {}, true]);
    assert.deepEqual(await undoSwitch(context(), boss), before);
  });

  test('is undone whole when more departments have come since', async () => {
    const before = await threeDestinations();
    await addDepartment(context(), boss, { name: 'Sales', operators: [bela.operatorId], removes: 3 });
    const more = await addDepartment(context(), boss, { name: 'Help', operators: [anna.operatorId] });
    assert.deepEqual([more.departments.length, more.undoable], [2, true]);
    assert.deepEqual(await undoSwitch(context(), boss), before);
  });

  test('cannot be undone once a department has changed, and leaves out who was deleted', async () => {
    await threeDestinations();
    await addDepartment(context(), boss, { name: 'Sales', operators: [], removes: 3 });
    await deleteOperator(context(), boss, anna.operatorId);
    const { destinations } = await undoSwitch(context(), boss);
    assert.deepEqual(destinations, { [bela.operatorId]: [de] });
    const sales = await addDepartment(context(), boss, { name: 'Sales', operators: [], removes: 1 });
    const change = { name: 'Orders', operators: [] };
    await changeDepartment(context(), boss, sales.departments[0]?.id ?? '', change);
    await assert.rejects(undoSwitch(context(), boss), refused('conflict', /nothing to undo/));
  });
});

test('OP-07: who comes into a department serves it in every language, who stays as before, who goes not at all', async () => {
  await changeSettings(context(), boss, { languages: ['en', 'de'] });
  const { departments } = await addDepartment(context(), boss, {
    name: 'Sales',
    operators: [anna.operatorId, bela.operatorId, anna.operatorId],
  });
  const departmentId = departments[0]?.id ?? '';
  const sales = (language: string) => ({ language, departmentId });
  await setDestinations(context(), boss, anna.operatorId, [sales('de')]);
  const changed = await changeDepartment(context(), boss, departmentId, {
    name: 'SALES',
    operators: [anna.operatorId, boss.operatorId],
  });
  assert.deepEqual(changed.destinations, {
    [anna.operatorId]: [sales('de')],
    [boss.operatorId]: [sales('de'), sales('en')],
  });
  assert.equal(changed.departments[0]?.name, 'SALES');
  await assert.rejects(
    addDepartment(context(), boss, { name: 'sales', operators: [] }),
    refused('conflict', /a department "SALES" already/),
  );
});

test('OP-11: destinations are of a language and a department that there is, and go with the language', async () => {
  await threeDestinations();
  const set = (...all: Destination[]) => setDestinations(context(), boss, anna.operatorId, all);
  await assert.rejects(set({ language: 'fr', departmentId: null }), refused('invalid', /language "fr"/));
  const unknown = crypto.randomUUID();
  await assert.rejects(set({ language: 'de', departmentId: unknown }), refused('not_found', /department/));
  await assert.rejects(setDestinations(context(), boss, unknown, []), refused('not_found', /operator/));
  await assert.rejects(
    changeSettings(context(), boss, { languages: ['de'] }),
    refused('invalid', /own language \(en\)/),
  );
  for (const removes of [undefined, 1, 3])
    await assert.rejects(
      changeSettings(context(), boss, { languages: ['en'], removes }),
      refused('conflict', /^Removing de from the languages removes 2 destinations of 2 operators\./),
    );
  const { destinations, settings } = await changeSettings(context(), boss, { languages: ['en'], removes: 2 });
  assert.ok(!('removes' in settings));
  assert.deepEqual(destinations, { [anna.operatorId]: [en] });
  await changeAccount(context(), boss, { language: 'hr' });
  assert.deepEqual((await read()).settings.languages, ['hr', 'en']);
  await addDepartment(context(), boss, { name: 'Sales', operators: [], removes: 1 });
  await assert.rejects(set(en), refused('invalid', /choose a department/));
});

test('OP-09: a rule keeps its address in one way of writing, once, and the most specific comes first', async () => {
  const operators = [anna.operatorId];
  const add = (address: string) => putRule(context(), boss, undefined, { address, operators });
  await add('HTTPS://Shop.Example/');
  await assert.rejects(
    add('https://shop.example#top'),
    refused('conflict', /a rule for "https:\/\/shop.example"/),
  );
  await add('*.shop.example');
  const { rules } = await add('shop.example/Cart/?b=2&a=1');
  assert.deepEqual(
    rules.map(({ address }) => address),
    ['shop.example/Cart?a=1&b=2', 'https://shop.example', '*.shop.example'],
  );
  const [cart] = rules;
  assert.ok(cart);
  const change = { address: 'shop.example/cart', operators: [bela.operatorId] };
  const changed = await putRule(context(), boss, cart.id, change);
  assert.deepEqual(changed.rules[0], { id: cart.id, ...change });
  assert.equal((await removeRule(context(), boss, cart.id)).rules.length, 2);
  await assert.rejects(removeRule(context(), boss, cart.id), refused('not_found', /rule/));
  const nobody = putRule(context(), boss, undefined, {
    address: 'a.example',
    operators: [crypto.randomUUID()],
  });
  await assert.rejects(nobody, refused('not_found', /operator/));
});

test('OP-05: a deleted operator is in nothing any more, and colleagues are told so', async () => {
  const operators = [anna.operatorId, bela.operatorId];
  await putRule(context(), boss, undefined, { address: 'shop.example', operators });
  await setRecipients(context(), boss, operators);
  await threeDestinations();
  await deleteOperator(context(), boss, anna.operatorId);
  const { rules, offlineRecipients, destinations } = await read();
  const left = [bela.operatorId];
  assert.deepEqual([rules[0]?.operators, offlineRecipients, Object.keys(destinations)], [left, left, left]);
  await assert.rejects(setRecipients(context(), boss, operators), refused('not_found', /operator/));
});

test('OP-14: business hours are in a zone that there is, each date once', async () => {
  const week = [[], [], [], [], [], [], []];
  const set = (timeZone: string, dates: string[] = []) => {
    const exceptions = dates.map((date) => ({ date, name: null, intervals: [] }));
    return changeSettings(context(), boss, { hours: { timeZone, week, exceptions } });
  };
  await assert.rejects(set('Europe/Atlantis'), refused('invalid', /"Europe\/Atlantis" is not a time zone/));
  await assert.rejects(
    set('UTC', ['2026-12-25', '2026-12-25']),
    refused('invalid', /2026-12-25 is there twice/),
  );
  assert.equal((await set('Europe/Zagreb', ['2026-12-25'])).settings.hours?.timeZone, 'Europe/Zagreb');
});

test('OP-13: the simulator decides for those who are truly there', async () => {
  const ask = { page: 'https://shop.example/', language: 'de', departmentId: null, at: null };
  assert.equal((await simulateRequest(context(), boss, ask)).outcome, 'offline');
  await context().presence.arrived(anna);
  await context().presence.arrived(bela);
  await putRule(context(), boss, undefined, { address: 'shop.example', operators: [anna.operatorId] });
  await changeSettings(context(), boss, { urlRouting: true });
  const decision = await simulateRequest(context(), boss, ask);
  assert.deepEqual([decision.outcome, decision.ring], ['ring', [anna.operatorId]]);
  assert.deepEqual(decision.steps[0], {
    step: 'page',
    rule: { nr: 1, address: 'shop.example' },
    operators: 1,
  });
  const unknown = simulateRequest(context(), boss, { ...ask, departmentId: crypto.randomUUID() });
  await assert.rejects(unknown, refused('not_found', /department/));
});
