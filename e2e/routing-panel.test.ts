import type { Page } from '@playwright/test';
import type { Operators } from '#protocol/operators.ts';
import type { Routing } from '#protocol/routing.ts';
import type { Colleague } from './harness/account.ts';
import { examineHere } from './harness/examine.ts';
import { row, startChat, statusButton } from './harness/people.ts';
import { expect, test } from './harness/test.ts';

const dialog = (page: Page, name: string) => page.getByRole('dialog', { name });

/** The middle of the row of this name, and of the list that it is to go to. */
async function wayOf(page: Page, name: string, to: 'all' | 'chosen') {
  const item = page.locator('[data-operator]', { hasText: name });
  // Waits until the panel around it stands still.
  await item.hover();
  const from = await item.boundingBox();
  const place = await page.locator(`[data-place=${to}]`).boundingBox();
  if (!from || !place) throw new Error('nothing to drag');
  return [
    { x: from.x + 80, y: from.y + from.height / 2 },
    { x: place.x + place.width / 2, y: place.y + place.height / 2 },
  ] as const;
}

async function drag(page: Page, name: string, to: 'all' | 'chosen'): Promise<void> {
  const [from, place] = await wayOf(page, name, to);
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(from.x + 20, from.y + 10, { steps: 3 });
  await page.mouse.move(place.x, place.y, { steps: 5 });
  await expect(page.locator(`[data-place=${to}][data-target]`)).toBeVisible();
  await page.mouse.up();
}

/** A finger that rests on the row until it is held, or it would scroll the page. */
async function dragByFinger(page: Page, name: string, to: 'all' | 'chosen'): Promise<void> {
  const [from, place] = await wayOf(page, name, to);
  const finger = await page.context().newCDPSession(page);
  const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', touchPoints: { x: number; y: number }[]) =>
    finger.send('Input.dispatchTouchEvent', { type, touchPoints });
  await touch('touchStart', [from]);
  await expect(page.locator('[data-operator][data-held]').first()).toBeVisible();
  await touch('touchMove', [{ x: from.x + 20, y: from.y + 10 }]);
  await touch('touchMove', [place]);
  await expect(page.locator(`[data-place=${to}][data-target]`)).toBeVisible();
  await touch('touchEnd', []);
}

test('OP-07 OP-09 OP-12 OP-13: departments and URL routing by keys alone, in force for a visitor', async ({
  world: { foyer, account, site },
  person,
  operatorAtWork,
  visitorOn,
}) => {
  test.slow();
  const atWork = async ({ signedIn }: Colleague) => {
    const console = await (await person({ storageState: signedIn })).newPage();
    await console.goto(foyer.console);
    await expect(statusButton(console)).toHaveAccessibleName('Status: Online');
    return console;
  };
  const nina = await atWork(await account.addColleague('Nina', 'normal'));
  const omar = await atWork(await account.addColleague('Omar', 'normal'));
  const page = await operatorAtWork();
  const press = async (name: string | RegExp, key = 'Enter') => {
    await page.getByRole('button', { name }).first().focus();
    await page.keyboard.press(key);
  };

  await page.goto(`${foyer.console}/settings/departments`);
  await expect(page.getByText('No routing is active.')).toBeVisible();
  await press('Add department');
  const panel = dialog(page, 'Add department');
  await expect(panel.getByLabel('Name')).toBeFocused();
  await page.keyboard.type('Sales');
  await panel.getByRole('button', { name: 'Drag Nina' }).focus();
  await page.keyboard.press('Space');
  await expect(panel.getByRole('status')).toHaveText('Nina is picked up.');
  await page.keyboard.press('Escape');
  await expect(panel.getByRole('status')).toHaveText('Nina stays where it was.');
  await page.keyboard.press('Space');
  await expect(panel.getByRole('button', { name: 'Drag Nina' })).toHaveAttribute('aria-pressed', 'true');
  await page.keyboard.press('ArrowRight');
  await expect(panel.getByRole('status')).toHaveText('Nina is over "In this department".');
  await page.keyboard.press('Space');
  await expect(panel.getByRole('status')).toHaveText('Nina was added to "In this department": 1 operator.');
  // The person goes on where it was: with the next one of the list.
  await expect(panel.getByRole('button', { name: 'Add Omar' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(panel.getByRole('status')).toHaveText('Omar was added to "In this department": 2 operators.');
  await panel.getByLabel('Name').focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('row', { name: /Sales/ })).toContainText('Nina and Omar');
  await expect(page.getByText('Departments are active.')).toBeVisible();

  await page.goto(`${foyer.console}/settings/url-routing`);
  await press('Add routing');
  const rule = dialog(page, 'Add routing');
  await expect(rule.getByLabel('Address')).toBeFocused();
  await page.keyboard.type(`${new URL(site.origin).host}/cart`);
  await rule.getByRole('button', { name: 'Add Omar' }).focus();
  await page.keyboard.press('Enter');
  await examineHere(page, 'add-routing');
  await rule.getByLabel('Address').focus();
  await page.keyboard.press('Enter');
  await expect(rule).toBeHidden();
  await page.getByLabel('Enable URL routing').focus();
  await page.keyboard.press('Space');
  await expect(page.getByText('URL routing is active.')).toBeVisible();
  await examineHere(page, 'settings-url-routing-filled');

  await page.goto(`${foyer.console}/settings/simulator`);
  await page.getByLabel('Page address').focus();
  await page.keyboard.type(`${site.origin}/cart/checkout`);
  await page.keyboard.press('Enter');
  const steps = page.getByRole('region', { name: 'Who gets this visitor' }).getByRole('listitem');
  await expect(steps.first()).toHaveText(/The page matches rule 1 \(shop\.test:\d+\/cart\): 1 operator\./);
  await expect(steps.last()).toHaveText('It rings.');
  await expect(steps.nth(-2)).toHaveText('All who are free are rung: Omar.');
  await examineHere(page, 'simulator-result');

  const visitor = await visitorOn();
  await visitor.goto(site.put('/cart', { head: account.snippet }));
  await startChat(visitor, 'Is this in stock?', { name: 'Vera' });
  await expect(row(omar, 'Vera')).toBeVisible();
  await expect(nina.getByText('Nobody is waiting.')).toBeVisible();
});

test('OP-08 OP-11: drag by mouse and finger; the last department asks, and comes back', async ({
  world: { foyer, account },
  operatorAtWork,
}) => {
  const { email } = await account.addColleague('Petra', 'normal');
  const page = await operatorAtWork();
  await page.goto(`${foyer.console}/settings/offline-messages`);
  const receiving = page.getByRole('list', { name: 'E-mails go to, at present' });
  await expect(receiving).toContainText('ada@shop.test');
  await drag(page, 'Petra', 'chosen');
  await expect(page.getByRole('button', { name: 'Remove Petra' })).toBeVisible();
  await page.getByRole('button', { name: 'Update' }).click();
  await expect(receiving).toHaveText(`Petra ${email}`);
  await dragByFinger(page, 'Petra', 'all');
  await page.getByRole('button', { name: 'Update' }).click();
  await expect(receiving).toContainText('ada@shop.test');

  await page.goto(`${foyer.console}/settings/departments`);
  await page.getByRole('button', { name: 'Add department' }).click();
  const panel = dialog(page, 'Add department');
  await panel.getByLabel('Name').fill('Garden');
  await drag(page, 'Petra', 'chosen');
  await panel.getByRole('button', { name: 'Add department' }).click();
  await expect(page.getByRole('row', { name: /Garden/ })).toContainText('Petra');
  const notice = page.getByText('Departments were switched on.');
  await expect(notice).toBeVisible();
  // What another administrator does is here at once, and leaves nothing to undo.
  const { departments } = await account.call<Routing>('GET', '/v1/routing');
  await account.call('PUT', `/v1/departments/${departments[0]?.id}`, {
    name: 'Gardening',
    operators: departments[0]?.operators,
  });
  await expect(page.getByRole('row', { name: /Gardening/ })).toBeVisible();
  await expect(notice).toHaveCount(0);

  await page.getByRole('button', { name: 'What to do with Gardening' }).click();
  await page.getByRole('menuitem', { name: 'Remove' }).click();
  const question = dialog(page, 'Remove Gardening?');
  await expect(question).toContainText('1 destination of 1 operator is removed.');
  await expect(question).toContainText('Petra has no destination then and serves every language.');
  await examineHere(page, 'remove-department');
  await question.getByRole('button', { name: 'Remove department' }).click();
  await expect(page.getByText('There are no departments.')).toBeVisible();
  await page.getByRole('main').getByRole('button', { name: 'Undo' }).click();
  await expect(page.getByRole('row', { name: /Gardening/ })).toContainText('Petra');
});

test('OP-11: who removes a language is told who serves every language then', async ({
  world: { foyer, account },
  operatorAtWork,
}) => {
  await account.addColleague('Fabienne', 'normal');
  await account.addColleague('Nina', 'normal');
  const { operators } = await account.call<Operators>('GET', '/v1/operators');
  const serves = (name: string, ...languages: string[]) =>
    account.call('PUT', `/v1/operators/${operators.find((one) => one.name === name)?.id}/destinations`, {
      destinations: languages.map((language) => ({ language, departmentId: null })),
    });
  await account.call('PATCH', '/v1/routing', { languages: ['en', 'fr'] });
  await serves('Fabienne', 'fr');
  await serves('Nina', 'en', 'fr');
  const page = await operatorAtWork();
  await page.goto(`${foyer.console}/settings/languages`);
  await page.getByRole('button', { name: 'Remove French' }).click();
  const question = dialog(page, 'Remove French?');
  await expect(question).toContainText('2 destinations of 2 operators are removed. This cannot be undone.');
  await expect(question).toContainText('Fabienne has no destination then and serves every language.');
  await question.getByRole('button', { name: 'Remove' }).click();
  await expect(page.getByText('French is removed.')).toBeVisible();
});
