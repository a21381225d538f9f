import { row, thread } from './harness/people.ts';
import { expect, test } from './harness/test.ts';

test('VI-14: the widget code is copied, a site is added, and the list says what is missing', async ({
  world: { foyer, account, site },
  operatorAtWork,
  visitorOn,
}) => {
  const operator = await operatorAtWork({ permissions: ['clipboard-read', 'clipboard-write'] });
  await operator.getByRole('link', { name: 'Widget code' }).click();
  await operator.getByRole('button', { name: 'Copy code' }).click();
  await expect(operator.getByRole('button', { name: 'Copied' })).toBeVisible();
  expect(await operator.evaluate(() => navigator.clipboard.readText())).toBe(account.snippet);

  const sites = operator.getByRole('list', { name: 'Web sites' });
  const address = operator.getByLabel('Address of a web site');
  const add = operator.getByRole('button', { name: 'Add site' });
  await add.click();
  await expect(operator.getByText('Enter the address of a web site.')).toBeVisible();
  await address.fill('not an address');
  await add.click();
  await expect(address).toHaveAttribute('aria-invalid', 'true');
  await address.fill('https://Copycat.test:8443/shop?x=1');
  await add.click();
  await expect(sites).toContainText('copycat.test');

  // In force at once (OP-12): the page that showed nothing shows chat now.
  site.put('/added', { head: account.snippet });
  const visitor = await visitorOn();
  await expect(async () => {
    await visitor.goto(`${site.unregistered}/added`);
    await expect(visitor.locator('foyer-chat button')).toBeVisible({ timeout: 2000 });
  }).toPass();
  const checks = operator
    .getByRole('region', { name: 'Why is my widget not showing?' })
    .getByRole('listitem');
  await operator.reload();
  await expect(checks).toHaveText([
    /^Done: .*copycat\.test/,
    /^Done: /,
    /^Done: .*1 person is online/,
    /^Done: .*seen on/,
  ]);
  await operator.getByRole('button', { name: 'Remove copycat.test' }).click();
  await expect(sites).not.toContainText('copycat.test');

  await account.setStatus('offline');
  await operator.goto(`${foyer.console}/test-chat`);
  await expect(checks.nth(2)).toHaveText(/^To do: Nobody is online now/);
  await checks.nth(2).getByText('Go online').click();
  await expect(operator.getByRole('button', { name: 'Status: Online' })).toBeVisible();
});

test('VI-14, OP-14: a closed business is named, and its link leads to the hours', async ({
  world: { foyer, account },
  operatorAtWork,
}) => {
  const operator = await operatorAtWork();
  await account.changeBox({ whenOffline: 'hide' });
  await account.call('PATCH', '/v1/routing', {
    hours: { timeZone: 'UTC', week: Array.from({ length: 7 }, () => []), exceptions: [] },
  });
  try {
    await operator.goto(`${foyer.console}/test-chat`);
    const list = operator.getByRole('region', { name: 'Why is my widget not showing?' });
    await expect(list).toContainText('Chat is hidden now, on every page.');
    const hours = list.getByRole('listitem').filter({ hasText: 'Your business hours say closed' });
    await hours.getByRole('link', { name: 'Change the hours' }).click();
    await expect(operator.getByRole('heading', { name: 'Business hours', level: 1 })).toBeVisible();
  } finally {
    await account.call('PATCH', '/v1/routing', { hours: null });
  }
});

test('VI-14: the test page carries the own widget, and what is written there comes to Chats', async ({
  operatorAtWork,
}) => {
  const operator = await operatorAtWork();
  await operator.getByRole('link', { name: 'Test chat' }).click();
  const page = operator.frameLocator('iframe[title="Test page with your widget"]');
  await page.locator('foyer-chat button').click();
  const window = page.frameLocator('foyer-chat iframe');
  await window.getByLabel('Name').fill('Testing Ada');
  await window.getByRole('textbox', { name: 'Message' }).fill('One, two');
  await window.getByRole('button', { name: 'Start chat' }).click();
  await expect(window.getByRole('log')).toContainText('One, two');
  await operator.getByRole('link', { name: 'Chats, 1 waiting' }).click();
  await row(operator, 'Testing Ada').getByRole('link').click();
  await expect(thread(operator)).toContainText('One, two');
});
