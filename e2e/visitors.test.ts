import { randomUUID } from 'node:crypto';
import type { Locator, Page } from '@playwright/test';
import { examine, examined, looks } from './harness/examine.ts';
import { chat, openChat, operatorSays, thread, visitorBox } from './harness/people.ts';
import { expect, test as base } from './harness/test.ts';
import { setTrap } from './harness/trap.ts';

type Fixtures = {
  /** A normal operator of this name, whose screen shows the visitors. */
  watcherNamed: (name: string) => Promise<Page>;
};

const test = base.extend<Fixtures>({
  async watcherNamed({ person, world: { foyer, account } }, use) {
    await use(async (name) => {
      const { signedIn } = await account.addColleague(name, 'normal');
      const page = await (await person({ storageState: signedIn })).newPage();
      await page.goto(`${foyer.console}/visitors`);
      await expect(page.getByRole('heading', { name: 'Visitors' })).toBeVisible();
      return page;
    });
  },
});

/** The row of the visitor who stands on this page. */
const visit = (page: Page, title: string): Locator =>
  page.getByRole('table', { name: 'Visitors' }).getByRole('row').filter({ hasText: title });
const panel = (page: Page): Locator => page.getByRole('region', { name: 'About the visitor' });
const invitation = (page: Page): Locator => chat(page).getByRole('dialog');
/** Announcing begins when the next look at the state says that somebody watches. */
const soon = { timeout: 30_000 };

const titled = (title: string) => ({
  body: `<main><h1>${title}</h1><script>document.title = '${title}'</script></main>`,
});

async function invite(page: Page, title: string, text: string): Promise<void> {
  await visit(page, title).getByRole('link').click();
  const box = panel(page).getByRole('textbox', { name: 'Message' });
  await box.fill(text);
  await panel(page).getByRole('button', { name: 'Invite', exact: true }).click();
}

test('OC-11, VI-10: two operators see a visitor, both invite at once, one does, and the visitor answers', async ({
  watcherNamed,
  visitorOn,
  world: { site, account },
}) => {
  const [anna, bert] = [await watcherNamed('Anna Vos'), await watcherNamed('Bert Bos')];
  await expect(anna.getByText('Nobody is on your sites now.', { exact: false })).toBeVisible();
  const visitor = await visitorOn(titled('Tulips'));
  for (const page of [anna, bert]) await expect(visit(page, 'Tulips')).toContainText('Browsing', soon);
  site.put('/next', { head: account.snippet, ...titled('Roses') });
  await visitor.evaluate(() => location.assign('/next'));
  await expect(visit(anna, 'Roses')).toBeVisible(soon);
  await expect(visit(anna, 'Tulips'), 'it is the same visit').toHaveCount(0);
  for (const page of [anna, bert]) await visit(page, 'Roses').getByRole('link').click();
  const history = panel(anna).getByRole('listitem');
  await expect(history).toHaveText([/Roses/, /Tulips/]);
  for (const page of [anna, bert])
    await panel(page).getByRole('textbox', { name: 'Message' }).fill('May I help you?');
  await Promise.all(
    [anna, bert].map((page) => panel(page).getByRole('button', { name: 'Invite', exact: true }).click()),
  );
  await expect(invitation(visitor)).toContainText('May I help you?');
  const name = (await invitation(visitor).getByRole('strong').textContent()) ?? '';
  expect(['Anna Vos', 'Bert Bos']).toContain(name);
  const [inviter, other] = name === 'Anna Vos' ? [anna, bert] : [bert, anna];
  await expect(visit(inviter, 'Roses')).toContainText('Invited by you');
  await expect(visit(other, 'Roses')).toContainText(`Invited by ${name}`);

  await invitation(visitor).getByRole('button', { name: 'Reply' }).click();
  await expect(chat(visitor).getByText('May I help you?')).toBeVisible();
  await visitorBox(visitor).fill('Which roses smell?');
  await chat(visitor).getByRole('button', { name: 'Start chat' }).click();
  await expect(chat(visitor).getByRole('log')).toContainText('Which roses smell?');
  await expect(visit(other, 'Roses')).toContainText(`Chats with ${name}`);
  await inviter.goto(inviter.url().replace(/\/visitors.*/, '/?list=mine'));
  await openChat(inviter, 'Which roses smell?');
  await expect(thread(inviter)).toContainText('May I help you?');
  await operatorSays(inviter, 'All of them.');
  await expect(chat(visitor).getByRole('log')).toContainText('All of them.');
});

test('VI-10: a visitor dismisses by keys, the operator sees it, and is kept from asking again', async ({
  watcherNamed,
  visitorOn,
}) => {
  const anna = await watcherNamed('Anna Vos');
  const visitor = await visitorOn(titled('Violets'));
  await expect(visit(anna, 'Violets')).toBeVisible(soon);
  await invite(anna, 'Violets', 'Hello there');
  await expect(invitation(visitor)).toContainText('Hello there');
  await expect(visitor.locator('foyer-chat button')).toBeVisible();
  // The last thing on the page; Tab comes by its three parts and the launcher.
  await visitor.keyboard.press('Tab');
  const close = invitation(visitor).getByRole('button', { name: 'No, thanks' });
  for (let presses = 0; presses < 4; presses += 1) {
    if (await close.evaluate((button) => button === document.activeElement)) break;
    await visitor.keyboard.press('Tab');
  }
  await expect(close).toBeFocused();
  await visitor.keyboard.press('Escape');
  await expect(chat(visitor).getByRole('dialog')).toBeHidden();
  await expect(visit(anna, 'Violets')).toContainText('Dismissed');
  await expect(panel(anna).getByPlaceholder('The visitor wants no chat now.')).toBeDisabled();
  await visitor.reload();
  await expect(visit(anna, 'Violets')).toContainText('Dismissed', soon);
});

test('OC-11: found and invited without a mouse', async ({ watcherNamed, visitorOn }) => {
  const anna = await watcherNamed('Anna Vos');
  const visitor = await visitorOn(titled('Irises'));
  await anna.keyboard.press('g');
  await anna.keyboard.press('i');
  await expect(anna.getByRole('region', { name: 'Chats' })).toBeVisible();
  await anna.keyboard.press('g');
  await anna.keyboard.press('v');
  await expect(visit(anna, 'Irises')).toBeVisible(soon);
  await anna.keyboard.press('j');
  await anna.keyboard.press('Enter');
  await expect(panel(anna)).toBeVisible();
  await anna.keyboard.press('r');
  await anna.keyboard.type('By keys alone');
  await anna.keyboard.press('Enter');
  await expect(invitation(visitor)).toContainText('By keys alone');
});

test('A1, OC-11: what a visitor says of its page is text on every screen', async ({
  watcherNamed,
  world: { foyer, account },
}) => {
  const anna = await watcherNamed('Anna Vos');
  const sprung = await setTrap(anna.context(), [foyer.console]);
  await anna.reload();
  const bad = `"><img src=x onerror=alert(1)>`;
  const said = {
    tab: randomUUID(),
    page: { url: `https://shop.test/${encodeURIComponent(bad)}`, title: `${bad}{{7*7}}` },
    referrer: `https://search.test/?q=${bad}`,
    language: 'en-ab-cd',
    seconds: 3,
    shown: null,
    refuses: false,
    wait: 20,
  };
  await expect(anna.getByText('Nobody is on your sites now.', { exact: false })).toBeVisible();
  const answer = fetch(`http://127.0.0.1:${new URL(foyer.chat).port}/v1/widget/${account.key}/visits`, {
    method: 'POST',
    headers: { origin: foyer.chat, 'content-type': 'application/json', 'user-agent': bad },
    body: JSON.stringify(said),
  });
  await expect(visit(anna, bad)).toBeVisible(soon);
  await visit(anna, bad).getByRole('link').click();
  await expect(panel(anna)).toContainText(`${bad}{{7*7}}`);
  await expect(panel(anna)).toContainText(said.referrer);
  await invite(anna, bad, bad);
  expect(((await (await answer).json()) as { invitation: { text: string } }).invitation.text).toBe(bad);
  expect(sprung()).toEqual([]);
});

for (const look of examined) {
  test(`OC-11, VI-10: visitors and the invitation, ${look}`, async ({
    operatorAtWork,
    visitorOn,
    world: { foyer },
  }) => {
    const operator = await operatorAtWork(looks[look]);
    await operator.goto(`${foyer.console}/visitors`);
    await expect(operator.getByText('Nobody is on your sites now.', { exact: false })).toBeVisible();
    await examine(operator, 'visitors-empty', look);
    const visitor = await visitorOn(titled('Garden roses, bare root, for autumn'), looks[look]);
    await visitorOn(titled('Tulips'));
    await expect(visit(operator, 'Garden roses')).toBeVisible(soon);
    await expect(visit(operator, 'Tulips')).toBeVisible(soon);
    await examine(operator, 'visitors', look);
    await visit(operator, 'Garden roses').getByRole('link').click();
    await expect(panel(operator)).toBeVisible();
    await examine(operator, 'visitors-panel', look);
    await panel(operator)
      .getByRole('textbox', { name: 'Message' })
      .fill('Hello! Bare root roses ship from October on. May I help you to choose one for your soil?');
    await panel(operator).getByRole('button', { name: 'Invite', exact: true }).click();
    await expect(invitation(visitor)).toContainText('Bare root roses');
    await examine(visitor, 'widget-invitation', look);
    await examine(operator, 'visitors-invited', look);
    await invitation(visitor).getByRole('button', { name: 'Reply' }).click();
    await expect(visitorBox(visitor)).toBeVisible();
    await examine(visitor, 'widget-invited-welcome', look);
  });
}
