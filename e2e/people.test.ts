import type { Page } from '@playwright/test';
import { examineHere } from './harness/examine.ts';
import { pressOn } from './harness/keys.ts';
import { chat, openChat, operatorSays, owner, row, startChat, statusButton } from './harness/people.ts';
import { secondAccount } from './harness/second-account.ts';
import { expect, test } from './harness/test.ts';

const gear = (page: Page, name: string) => page.getByRole('button', { name: `What to do with ${name}` });
const operators = (page: Page) => page.getByRole('table');
const switcher = (page: Page) => page.getByRole('button', { name: /^Account: / });

test('OP-04 OC-19 AC-03: asked, confirmed, two accounts in one console, and left again', async ({
  world: { foyer, account, site },
  person,
  operatorAtWork,
  visitorOn,
}) => {
  // Four browsers, one after the other: on a busy machine more than the usual time.
  test.setTimeout(240_000);
  const florist = await account.addColleague('Flora', 'normal');
  const shop = { name: 'flower-shop', title: 'Flower Shop', of: florist };
  const { snippet } = await secondAccount(foyer, account, shop);
  await foyer.query('update persons set email_verified = true where email = $1', [owner.email]);
  const ada = await operatorAtWork();
  await ada.goto(`${foyer.console}/settings/companies`);
  await expect(ada.getByText('No account asks you to join.')).toBeVisible();
  await expect(switcher(ada)).toHaveCount(0);

  const flora = await (await person({ storageState: florist.signedIn })).newPage();
  await flora.goto(`${foyer.console}/settings/operators`);
  const askAda = async () => {
    await flora.getByRole('button', { name: 'Add operator' }).click();
    const panel = flora.getByRole('dialog', { name: 'Add operator' });
    await panel.getByLabel('Name that visitors see').fill('Ada of the flowers');
    await panel.getByLabel('E-mail').fill(owner.email);
    await panel.getByLabel('Handle').fill('ada');
    await panel.getByRole('button', { name: 'Add operator' }).click();
    await expect(panel.getByText('was asked to join')).toBeVisible();
    await panel.getByRole('button', { name: 'Done' }).click();
    await expect(flora.getByRole('list', { name: 'Waiting for an answer' })).toContainText(owner.email);
  };
  await askAda();

  // Declined, by keys alone; asked once more.
  await ada.reload();
  await expect(ada.getByRole('button', { name: 'Confirm: join Flower Shop' })).toBeVisible();
  await examineHere(ada, 'settings-companies-request');
  await pressOn(ada, ada.getByRole('button', { name: 'Decline: do not join Flower Shop' }));
  await expect(ada.getByText('No account asks you to join.')).toBeVisible();
  await expect(switcher(ada)).toHaveCount(0);
  await flora.reload();
  await expect(flora.getByText('Waiting for an answer')).toHaveCount(0);
  await askAda();
  await examineHere(flora, 'settings-operators-asked');

  await ada.reload();
  await ada.getByRole('button', { name: 'Confirm: join Flower Shop' }).click();
  await expect(ada.getByRole('list', { name: 'Accounts that you serve' })).toContainText('Flower Shop');
  await expect(switcher(ada)).toHaveAccessibleName('Account: Garden Shop');
  await expect(operators(flora).getByRole('row', { name: /Ada of the flowers/ })).toContainText('Online');
  await expect(flora.getByText('Waiting for an answer')).toHaveCount(0);

  // Both accounts ring, whichever is on the screen; going to the other takes no new line.
  const visitor = await (await person()).newPage();
  await visitor.goto(site.put('/flowers', { head: snippet }));
  await startChat(visitor, 'Do you sell roses?', { name: 'Rosa' });
  await expect(ada).toHaveTitle('(1) Foyer');
  await expect(switcher(ada)).toHaveAccessibleName('Account: Garden Shop, 1 open in others');
  await switcher(ada).click();
  await ada.getByRole('menuitemradio', { name: /Flower Shop/ }).click();
  await openChat(ada, 'Rosa');
  await ada.getByRole('button', { name: 'Accept', exact: true }).click();
  await operatorSays(ada, 'Red and white ones.');
  await expect(chat(visitor).getByRole('log')).toContainText('Red and white ones.');
  await expect(chat(visitor).getByText('Ada of the flowers joined the chat')).toBeVisible();
  const gardener = await visitorOn();
  await startChat(gardener, 'Do you sell spades?', { name: 'Gerd' });
  await expect(switcher(ada)).toHaveAccessibleName('Account: Flower Shop, 1 open in others');
  await switcher(ada).click();
  await ada.getByRole('menuitemradio', { name: /Garden Shop/ }).click();
  await expect(row(ada, 'Gerd')).toBeVisible();
  await expect(row(ada, 'Rosa')).toHaveCount(0);

  await gear(flora, 'Ada of the flowers').click();
  await flora.getByRole('menuitem', { name: 'Delete' }).click();
  const question = flora.getByRole('dialog', { name: 'Delete Ada of the flowers?' });
  await expect(question).toContainText('1 open conversation goes back to the queue.');
  await examineHere(flora, 'delete-operator');
  await question.getByRole('button', { name: 'Cancel' }).first().click();

  await chat(visitor).getByRole('button', { name: 'More' }).click();
  await chat(visitor).getByRole('button', { name: 'End chat' }).click();
  await chat(visitor).getByRole('group').getByRole('button', { name: 'End chat' }).click();
  await ada.goto(`${foyer.console}/settings/companies`);
  await ada.getByRole('button', { name: 'Leave Garden Shop' }).click();
  await ada.getByRole('dialog').getByRole('button', { name: 'Leave' }).click();
  await expect(ada.getByText(/is the only administrator of this account/)).toBeVisible();
  await ada.getByRole('button', { name: 'Leave Flower Shop' }).click();
  await expect(ada.getByRole('dialog', { name: 'Leave Flower Shop?' })).toBeVisible();
  await examineHere(ada, 'leave-company');
  await ada.getByRole('dialog').getByRole('button', { name: 'Leave' }).click();
  await expect(switcher(ada)).toHaveCount(0);
  await expect(operators(flora).getByRole('row', { name: /Ada of the flowers/ })).toHaveCount(0);
});

test('OP-03 OC-18 B6: edit, own name, forced log-out and deletion, without a mouse', async ({
  world: { foyer, account },
  person,
  operatorAtWork,
}) => {
  const bob = await account.addColleague('Bob', 'normal');
  const page = await operatorAtWork();
  await page.goto(`${foyer.console}/settings/operators`);
  const his = await (await person({ storageState: bob.signedIn })).newPage();
  await his.goto(`${foyer.console}/settings/profile`);
  await his.getByLabel('Display name').fill('Bobby');
  await his.keyboard.press('Enter');
  await expect(operators(page).getByRole('row', { name: /Bobby/ })).toContainText('Online');

  const choose = async (name: string, item: string) => {
    await gear(page, name).focus();
    await page.keyboard.press('Enter');
    await expect(page.getByRole('menuitem', { name: 'Edit profile' })).toBeFocused();
    const wanted = page.getByRole('menuitem', { name: item });
    const isThere = () => wanted.evaluate((element) => element === document.activeElement);
    for (let presses = 0; presses < 8 && !(await isThere()); presses++)
      await page.keyboard.press('ArrowDown');
    await expect(wanted).toBeFocused();
    await page.keyboard.press('Enter');
  };
  await choose('Bobby', 'Edit profile');
  const panel = page.getByRole('dialog', { name: 'Edit profile' });
  await expect(panel.getByLabel('Name that visitors see')).toBeFocused();
  await examineHere(page, 'edit-operator');
  await panel.getByLabel('Name that visitors see').focus();
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.type('Robert');
  await panel.getByLabel('Chats at once').focus();
  await page.keyboard.type('3');
  await page.keyboard.press('Enter');
  await expect(panel).toBeHidden();
  await expect(operators(page)).toContainText('Robert');
  await expect(his.getByLabel('Display name')).toHaveValue('Robert');

  await choose('Robert', 'Force log-out');
  const question = page.getByRole('dialog');
  await expect(question).toBeVisible();
  await examineHere(page, 'force-log-out');
  await question.getByRole('button', { name: 'Force log-out' }).focus();
  await page.keyboard.press('Enter');
  await expect(his.getByRole('heading', { name: 'Sign in to Foyer' })).toBeVisible();
  await his.getByLabel('E-mail').fill(bob.email);
  await his.getByRole('textbox', { name: 'Password' }).fill(bob.password);
  await his.keyboard.press('Enter');
  await expect(statusButton(his)).toHaveAccessibleName('Status: Online');

  await choose('Robert', 'Delete');
  await expect(question).toContainText('no open conversation');
  await question.getByRole('button', { name: 'Delete' }).focus();
  await page.keyboard.press('Enter');
  await expect(operators(page)).not.toContainText('Robert');
  await expect(his.getByRole('heading', { name: 'You serve no account' })).toBeVisible();
});
