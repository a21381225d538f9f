import { expect, type Page, test } from '@playwright/test';
import { startFoyer } from './harness/foyer.ts';
import { startHostSite } from './harness/host-site.ts';
import {
  chat,
  launcher,
  openChat,
  openWidget,
  operatorBox,
  operatorSays,
  row,
  setUp,
  thread,
  visitorBox,
  visitorSays,
} from './harness/people.ts';
import { expectSameConversation, operatorSees } from './harness/screens.ts';
import { browsersOf } from './harness/test.ts';

/** Counts the tones that a page plays, before the page has a chance to. */
async function hearTones(page: Page): Promise<() => Promise<number>> {
  await page.addInitScript(() => {
    const counted = globalThis as unknown as { tones: number };
    counted.tones = 0;
    const start = OscillatorNode.prototype.start;
    OscillatorNode.prototype.start = function (...args) {
      counted.tones += this.context.state === 'running' ? 1 : 0;
      start.apply(this, args);
    };
  });
  return () => page.evaluate(() => (globalThis as unknown as { tones: number }).tones);
}

test('VI-01 VI-04 VI-09 OC-14 OC-17: from the first start to a talk that survives kill -9', async ({
  browser,
}) => {
  test.setTimeout(120_000);
  const foyer = await startFoyer();
  const site = await startHostSite();
  const { open, end } = browsersOf(browser);
  try {
    // The owner sets Foyer up from the printed link and copies the widget code.
    const office = await open({ permissions: ['clipboard-read', 'clipboard-write'] });
    const operator = await office.newPage();
    const tones = await hearTones(operator);
    await setUp(operator, foyer.setupLink);
    await operator.getByRole('button', { name: 'Copy code' }).click();
    await expect(operator.getByRole('button', { name: 'Copied' })).toBeVisible();
    const snippet = await operator.evaluate(() => navigator.clipboard.readText());
    expect(snippet).toMatch(/^<script async src="http:\/\/chat\.test:\d+\/w\/\w{22}\.js"><\/script>$/);
    await operator.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Chats' }).click();
    await expect(operator).toHaveTitle('Foyer');

    // A visitor of the shop opens the launcher, fills in the welcome screen and writes.
    const home = await open();
    const visitor = await home.newPage();
    await visitor.goto(site.put('/', { head: snippet }));
    await openWidget(visitor);
    await chat(visitor).getByLabel('Name').fill('Vera');
    await chat(visitor).getByLabel('E-mail').fill('vera@example.net');
    await visitorBox(visitor).fill('Do you have tulips? See https://shop.test/tulips');
    await chat(visitor).getByRole('button', { name: 'Start chat' }).click();
    await expect(chat(visitor).getByText('Somebody will be with you shortly')).toBeVisible();

    // The console rings: title, badge, sound. The first answer accepts.
    await expect(operator).toHaveTitle('(1) Foyer');
    await expect(operator.getByRole('link', { name: 'Chats, 1 waiting' })).toBeVisible();
    await expect.poll(tones).toBeGreaterThan(0);
    await openChat(operator, 'Vera');
    await operatorSays(operator, 'Yes, in red and in yellow.');
    await expect(operator).toHaveTitle('Foyer');
    await expect(chat(visitor).getByText('Ada Owner joined the chat')).toBeVisible();
    await expect(chat(visitor).getByRole('log')).toContainText('Yes, in red and in yellow.');
    await expect(thread(operator).getByRole('link', { name: 'https://shop.test/tulips' })).toBeVisible();

    // They talk; each sees that the other writes, and what has become of the own words.
    await visitorBox(visitor).pressSequentially('Red, please');
    await expect(operator.getByText('Vera is writing…')).toBeVisible();
    await visitorBox(visitor).press('Enter');
    await expect(operator.getByText('Vera is writing…')).toBeHidden();
    await expect(chat(visitor).locator('.bubble.visitor').last().locator('.meta')).toContainText('Read');
    await operatorBox(operator).pressSequentially('How many?');
    await expect(chat(visitor).getByText('Ada Owner is writing')).toBeAttached();
    await operatorBox(operator).press('Enter');
    await expect(chat(visitor).getByText('Ada Owner is writing')).toBeHidden();
    await expect(thread(operator).locator('[data-fate=read]').last()).toBeAttached();
    const said = [
      'Do you have tulips? See https://shop.test/tulips',
      'Yes, in red and in yellow.',
      'Red, please',
      'How many?',
    ];
    await expectSameConversation({ foyer, visitor, operator }, said);

    // kill -9 in the middle of a sentence: both have half a sentence in hand and a message on its way.
    const sending = ['Twelve.', 'No, thirteen.', 'They cost 3 each.', 'I can put them aside.'];
    for (const text of sending.slice(0, 2)) await visitorSays(visitor, text);
    await operatorSays(operator, 'They cost 3 each.');
    const killed = foyer.kill9();
    await operatorSays(operator, 'I can put them aside.');
    await visitorBox(visitor).fill('And do you del');
    await operatorBox(operator).fill('Shall I wrap th');
    await killed;
    await visitorSays(visitor, 'And do you deliver?');
    await operatorSays(operator, 'Shall I wrap them?');
    sending.push('And do you deliver?', 'Shall I wrap them?');
    await visitorBox(visitor).fill('I live nea');
    await operatorBox(operator).fill('We open at ni');
    await expect(operator.getByText('Connection lost.')).toBeVisible();
    await expect(chat(visitor).getByText('Connection lost.')).toBeVisible();
    await foyer.start();
    said.push(...sending);

    // Both screens heal by themselves; what nobody had sent yet is still in their hands.
    await expectSameConversation({ foyer, visitor, operator, timeout: 30_000 }, said);
    await expect(operator.getByText('Connection lost.')).toBeHidden();
    await expect(chat(visitor).getByText('Connection lost.')).toBeHidden();
    await expect(visitorBox(visitor)).toHaveValue('I live nea');
    await expect(operatorBox(operator)).toHaveValue('We open at ni');
    await visitorBox(visitor).pressSequentially('rby.');
    await visitorBox(visitor).press('Enter');
    await operatorBox(operator).pressSequentially('ne.');
    await operatorBox(operator).press('Enter');
    said.push('I live nearby.', 'We open at nine.');
    const before = await expectSameConversation({ foyer, visitor, operator }, said);

    // The same conversation after a reload, in a second tab, and in the console after a reload.
    await visitor.reload();
    await launcher(visitor).click();
    await expectSameConversation({ foyer, visitor, operator }, said);
    const second = await home.newPage();
    await second.goto(site.put('/second', { head: snippet }));
    await launcher(second).click();
    await expectSameConversation({ foyer, visitor: [visitor, second], operator }, said);
    await visitorSays(second, 'From my second tab.');
    said.push('From my second tab.');
    await operator.reload();
    await expect(row(operator, 'Vera')).toBeVisible();
    const after = await expectSameConversation({ foyer, visitor: [visitor, second], operator }, said);
    expect(after.slice(0, before.length)).toEqual(before);
    expect(await operatorSees(operator)).toEqual(after);
    await end();
    expect(await foyer.brokenInvariants()).toEqual([]);
  } finally {
    await foyer.stop();
    await site.stop();
  }
});
