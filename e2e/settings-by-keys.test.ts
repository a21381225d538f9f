import type { Page } from '@playwright/test';
import type { Routing } from '#protocol/routing.ts';
import type { Colleague } from './harness/account.ts';
import { examineHere } from './harness/examine.ts';
import { pressOn, tabTo } from './harness/keys.ts';
import { chat, openWidget, startChat, statusButton, visitorBox } from './harness/people.ts';
import { expect, test } from './harness/test.ts';

const button = (page: Page, name: string | RegExp) =>
  page.getByRole('main').getByRole('button', { name, exact: true });
const save = (page: Page) => pressOn(page, button(page, 'Save changes'));
const saved = (page: Page) => page.getByText('Saved. It is in force now.').last();
/** A new load of the page, after which Tab begins at its beginning. */
const open = (page: Page, console: string, name: string) => page.goto(`${console}/settings/${name}`);

test('OP-08 OP-14: recipients, queue and hours by keys alone, in force for a visitor', async ({
  world: { foyer, account },
  person,
  operatorAtWork,
  visitorOn,
}) => {
  // Many keys, one after the other.
  test.slow();
  const petra = await account.addColleague('Petra', 'normal');
  const page = await operatorAtWork();
  const hers = await (await person({ storageState: petra.signedIn })).newPage();
  await hers.goto(foyer.console);
  await expect(statusButton(hers)).toHaveAccessibleName('Status: Online');

  await open(page, foyer.console, 'offline-messages');
  await pressOn(page, button(page, 'Add Petra'));
  await expect(page.getByRole('status')).toContainText([
    'Petra was added to "Receive off-line messages": 1 operator.',
  ]);
  await examineHere(page, 'settings-offline-messages-filled');
  await pressOn(page, button(page, 'Update'));
  const receiving = page.getByRole('list', { name: 'E-mails go to, at present' });
  await expect(receiving).toHaveText(`Petra ${petra.email}`);

  await open(page, foyer.console, 'queue');
  await pressOn(page, page.getByRole('radio', { name: 'Ring all' }), 'ArrowDown');
  await expect(page.getByRole('radio', { name: 'Round robin' })).toBeChecked();
  await tabTo(page, page.getByLabel('Seconds to answer'));
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.type('600');
  await tabTo(page, page.getByLabel('Chats at once per operator'));
  await page.keyboard.type('1');
  await pressOn(page, page.getByRole('radio', { name: 'Hide the widget' }), 'ArrowDown');
  await examineHere(page, 'settings-queue-filled');
  await save(page);
  await expect(saved(page)).toBeVisible();
  const { settings } = await account.call<Routing>('GET', '/v1/routing');
  expect(settings).toMatchObject({
    distribution: 'round-robin',
    answerWithin: 600,
    capacity: 1,
    languageFallback: 'form',
  });
  await startChat(await visitorOn(), 'Who is next?');
  const ringing = async () =>
    [await page.title(), await hers.title()].map((title) => title.startsWith('(1)'));
  await expect.poll(async () => (await ringing()).filter(Boolean)).toHaveLength(1);

  await open(page, foyer.console, 'business-hours');
  await pressOn(page, page.getByRole('radio', { name: 'Always' }), 'ArrowDown');
  await tabTo(page, page.getByLabel('Monday, interval 1, to'));
  await page.keyboard.type('1230PM');
  await pressOn(page, button(page, 'Add hours to Monday'));
  await save(page);
  await expect(page.getByRole('alert')).toHaveText('Fill in every time, or remove the interval.');
  // Backwards one comes to the end of a field of this kind.
  await tabTo(page, button(page, 'Remove interval 1 of Monday'), 'Shift+Tab');
  await tabTo(page, page.getByLabel('Monday, interval 2, from'));
  await page.keyboard.type('0130PM');
  await tabTo(page, page.getByLabel('Monday, interval 2, to'));
  await page.keyboard.type('0500PM');
  await pressOn(page, button(page, 'Copy to Tuesday to Friday'));
  await pressOn(page, button(page, 'Add a date'));
  await tabTo(page, button(page, 'Add hours to Sunday'), 'Shift+Tab');
  await tabTo(page, page.getByLabel('Date 1', { exact: true }));
  const today = new Date().toISOString().slice(0, 10);
  const [year, month, dayOfMonth] = today.split('-');
  await page.keyboard.type(`${month}${dayOfMonth}${year}`);
  await tabTo(page, page.getByLabel('Name of date 1'));
  await page.keyboard.type("Founder's day");
  await expect(page.getByText(/^Closed, opens /)).toBeVisible();
  await examineHere(page, 'settings-business-hours-filled');
  const visitor = await visitorOn();
  await openWidget(visitor);
  await expect(chat(visitor).getByRole('button', { name: 'Start chat' })).toBeVisible();
  await save(page);
  await expect(saved(page)).toBeVisible();
  const day = [
    { from: '09:00', to: '12:30' },
    { from: '13:30', to: '17:00' },
  ];
  const { settings: now } = await account.call<Routing>('GET', '/v1/routing');
  expect(now.hours).toEqual({
    timeZone: 'UTC',
    week: [day, day, day, day, day, [], []],
    exceptions: [{ date: today, name: "Founder's day", intervals: [] }],
  });

  // The open window takes a message now, and that goes to Petra.
  await expect(chat(visitor).getByText(/We are back/)).toBeVisible();
  await chat(visitor).getByLabel('E-mail').fill('vera@example.net');
  await visitorBox(visitor).fill('Are you closed?');
  await chat(visitor).getByRole('button', { name: 'Send message' }).click();
  await expect(chat(visitor).getByText('Thank you', { exact: true })).toBeVisible();
  const mailed = await foyer.query<{ to: string }>(
    'select distinct to_address as to from mails where to_address = $1',
    [petra.email],
  );
  expect(mailed).toHaveLength(1);
});

test('OP-11: languages and destinations by keys alone, asked first and undone, in force for a visitor', async ({
  world: { foyer, account },
  person,
  operatorAtWork,
  visitorOn,
}) => {
  // Many keys, one after the other.
  test.slow();
  const atWork = async ({ signedIn }: Colleague) => {
    const console = await (await person({ storageState: signedIn })).newPage();
    await console.goto(foyer.console);
    await expect(statusButton(console)).toHaveAccessibleName('Status: Online');
    return console;
  };
  const petra = await atWork(await account.addColleague('Petra', 'normal'));
  const page = await operatorAtWork();
  const dialog = (name: string) => page.getByRole('dialog', { name });
  const served = (name: string) => page.getByRole('row', { name: new RegExp(name) });

  await open(page, foyer.console, 'languages');
  await tabTo(page, page.getByRole('combobox', { name: 'Choose a language' }));
  await page.keyboard.type('German');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await pressOn(page, button(page, 'Add language'));
  await expect(page.getByRole('list', { name: 'Languages' })).toContainText('German');
  await examineHere(page, 'settings-languages-filled');

  await open(page, foyer.console, 'destinations');
  for (const [name, language] of [
    ['Petra', 'German'],
    ['Ada Owner', 'English'],
  ] as const) {
    await pressOn(page, button(page, `Edit the destinations of ${name}`));
    const panel = dialog(`Destinations of ${name}`);
    await pressOn(page, panel.getByRole('checkbox', { name: `${language}, Serves` }), 'Space');
    await pressOn(page, panel.getByRole('button', { name: 'Save changes' }));
    await expect(panel).toBeHidden();
    await expect(served(name)).toContainText('1 of 2 destinations');
  }
  const visitor = await visitorOn({ root: 'lang="de"' });
  await openWidget(visitor);
  await chat(visitor).locator('textarea').fill('Guten Tag');
  await chat(visitor).locator('textarea').press('ControlOrMeta+Enter');
  await expect(petra).toHaveTitle('(1) Foyer');
  await expect(page).toHaveTitle(/^(?!\()/);

  // The first department takes them away, after a question, and they come back.
  await open(page, foyer.console, 'departments');
  await pressOn(page, button(page, 'Add department'));
  const panel = dialog('Add department');
  await expect(panel.getByLabel('Name')).toBeFocused();
  await page.keyboard.type('Sales');
  await pressOn(page, panel.getByRole('button', { name: 'Add Petra' }));
  await examineHere(page, 'add-department');
  await pressOn(page, panel.getByRole('button', { name: 'Add department' }));
  const question = dialog('Switch departments on?');
  await expect(question).toContainText('2 destinations of 2 operators are removed.');
  await examineHere(page, 'switch-departments-on');
  await pressOn(page, question.getByRole('button', { name: 'Add department' }));
  await expect(page.getByRole('row', { name: /Sales/ })).toContainText('Petra');
  await examineHere(page, 'settings-departments-filled');
  await open(page, foyer.console, 'destinations');
  await expect(served('Ada Owner')).toContainText('Every language, no department');
  await pressOn(page, button(page, 'Edit the destinations of Petra'));
  const grid = dialog('Destinations of Petra');
  await pressOn(page, grid.getByRole('checkbox', { name: 'German, Sales' }), 'Space');
  await examineHere(page, 'destinations-grid');
  await page.keyboard.press('Escape');
  await expect(grid).toBeHidden();
  await examineHere(page, 'settings-destinations-filled');
  await pressOn(page, button(page, 'Undo'));
  for (const name of ['Petra', 'Ada Owner']) await expect(served(name)).toContainText('1 of 2 destinations');

  await open(page, foyer.console, 'languages');
  await pressOn(page, button(page, 'Remove German'));
  const removal = dialog('Remove German?');
  await expect(removal).toContainText('1 destination of 1 operator is removed. This cannot be undone.');
  await examineHere(page, 'remove-language');
  await pressOn(page, removal.getByRole('button', { name: 'Remove' }));
  await expect(page.getByRole('list', { name: 'Languages' })).not.toContainText('German');
});
