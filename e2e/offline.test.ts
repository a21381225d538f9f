import type { Page } from '@playwright/test';
import { chat, launcher, openWidget, row, setStatus, thread, visitorBox } from './harness/people.ts';
import { expect, test } from './harness/test.ts';

/** What a browser tells a page that is looked at again; the widget asks at once instead of within 20 s. */
const lookAgain = (page: Page) =>
  chat(page)
    .locator('html')
    .evaluate(() => document.dispatchEvent(new Event('visibilitychange')));

/** Looks at the page now and then until its launcher says `label`. */
const seeLauncherSay = (page: Page, label: string) =>
  expect(async () => {
    await lookAgain(page);
    await expect(launcher(page)).toHaveAccessibleName(label, { timeout: 1000 });
  }).toPass({ timeout: 15_000 });

test('VI-02: the launcher follows the operator: online, offline, online', async ({
  operatorAtWork,
  visitorOn,
}) => {
  const operator = await operatorAtWork();
  const visitor = await visitorOn();
  await expect(launcher(visitor)).toHaveAccessibleName('Open chat');
  const picture = () => launcher(visitor).locator('path').getAttribute('d');
  const online = await picture();
  await setStatus(operator, 'Offline');
  await seeLauncherSay(visitor, 'Leave a message');
  expect(await picture()).not.toBe(online);
  await setStatus(operator, 'Online');
  await seeLauncherSay(visitor, 'Open chat');
  expect(await picture()).toBe(online);
});

test('VI-02: the launcher asks by itself, within 30 s', async ({ operatorAtWork, visitorOn }) => {
  const operator = await operatorAtWork();
  const visitor = await visitorOn();
  await expect(launcher(visitor)).toHaveAccessibleName('Open chat');
  await setStatus(operator, 'Away');
  await expect(launcher(visitor)).toHaveAccessibleName('Leave a message', { timeout: 30_000 });
});

test('VI-05: a message left while nobody is there is stored and shown in the console', async ({
  operatorAtWork,
  visitorOn,
}) => {
  const operator = await operatorAtWork();
  await setStatus(operator, 'Offline');
  const visitor = await visitorOn();
  await openWidget(visitor);
  const send = chat(visitor).getByRole('button', { name: 'Send message' });
  await send.click();
  await expect(chat(visitor).getByText('Please enter a complete e-mail address.')).toBeVisible();
  await expect(chat(visitor).getByLabel('E-mail')).toBeFocused();
  await expect(chat(visitor).getByText('Please fill this in.')).toBeVisible();
  await chat(visitor).getByLabel('E-mail').fill('vera@example.net');
  await chat(visitor).getByLabel('Subject').fill('Tulips');
  await visitorBox(visitor).fill('Do you deliver <b>on Sundays</b>?');
  await send.click();
  await expect(
    chat(visitor).getByText('We have your message and will answer to vera@example.net.'),
  ).toBeVisible();

  const left = row(operator, 'vera@example.net');
  await expect(left).toContainText('Offline message');
  await left.getByRole('link').click();
  await expect(thread(operator).getByText('Offline message from vera@example.net')).toBeVisible();
  await expect(thread(operator).getByRole('heading', { name: 'Tulips' })).toBeVisible();
  await expect(thread(operator).getByText('Do you deliver <b>on Sundays</b>?')).toBeVisible();
  const answer = operator
    .getByRole('region', { name: 'Conversation' })
    .getByRole('link', { name: 'vera@example.net' });
  await expect(answer).toHaveAttribute('href', 'mailto:vera@example.net');
});

test('VI-05: switched off, the launcher shows its offline image and takes no message', async ({
  world: { account },
  visitorOn,
}) => {
  await account.setStatus('offline');
  await account.changeBox({ whenOffline: 'image' });
  const visitor = await visitorOn();
  // The box is kept for a few seconds between a change and the page.
  await expect(async () => {
    await visitor.reload();
    await openWidget(visitor);
    await expect(chat(visitor).getByRole('heading', { name: 'Nobody is here right now' })).toBeVisible({
      timeout: 1000,
    });
  }).toPass();
  await expect(launcher(visitor)).toHaveAccessibleName('Close chat');
  await expect(chat(visitor).getByRole('textbox')).toHaveCount(0);
});

test('VI-05 VI-06: hidden while nobody is there, and back with the first operator', async ({
  world: { account },
  operatorAtWork,
  visitorOn,
}) => {
  await account.changeBox({ whenOffline: 'hide' });
  const operator = await operatorAtWork();
  const visitor = await visitorOn();
  await expect(launcher(visitor)).toBeVisible();
  await setStatus(operator, 'Offline');
  await expect(async () => {
    await lookAgain(visitor);
    await expect(launcher(visitor)).toBeHidden({ timeout: 500 });
  }).toPass();
  await setStatus(operator, 'Online');
  await seeLauncherSay(visitor, 'Open chat');
  await expect(launcher(visitor)).toBeVisible();
});
