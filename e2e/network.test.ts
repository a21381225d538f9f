import type { Page } from '@playwright/test';
import {
  chat,
  launcher,
  openChat,
  openWidget,
  operatorBox,
  operatorSays,
  row,
  startChat,
  thread,
  visitorBox,
  visitorSays,
} from './harness/people.ts';
import { expectSameConversation, openChatId, stored } from './harness/screens.ts';
import { expect, test as base } from './harness/test.ts';

type Talk = { visitor: Page; operator: Page; said: string[]; wires: Wires };
type Wires = { cut: () => void; heal: () => void; refuseUpgrades: (refuse: boolean) => void };

/** Everything here goes through wires that can be cut. `talk`: a visitor and an operator in the middle of a chat. */
const test = base.extend<{ wires: Wires; talk: Talk }>({
  async wires({ world: { foyer } }, use) {
    const { network } = foyer;
    if (!network) throw new Error('these tests need a proxied Foyer');
    const both = [network.console, network.chat];
    await use({
      cut: () => both.forEach((wire) => wire.cut()),
      heal: () => both.forEach((wire) => wire.heal()),
      refuseUpgrades: (refuse) => both.forEach((wire) => wire.refuseUpgrades(refuse)),
    });
    for (const wire of both) {
      wire.heal();
      wire.refuseUpgrades(false);
    }
  },
  async talk({ operatorAtWork, visitorOn, wires }, use) {
    const operator = await operatorAtWork();
    const visitor = await visitorOn();
    await startChat(visitor, 'Is somebody there?', { name: 'Vera' });
    await openChat(operator, 'Vera');
    await operatorSays(operator, 'I am.');
    await expect(chat(visitor).getByRole('log')).toContainText('I am.');
    await use({ visitor, operator, wires, said: ['Is somebody there?', 'I am.'] });
  },
});
test.use({ way: 'proxied' });

const lostAtVisitor = (page: Page) => chat(page).getByText('Connection lost.');
const lostAtOperator = (page: Page) => page.getByText('Connection lost.');

test('VI-09 OC-17: a line that dies without a word, with messages written on both sides meanwhile', async ({
  world: { foyer },
  talk: { visitor, operator, said, wires },
}) => {
  wires.cut();
  for (const number of [1, 2, 3]) {
    await visitorSays(visitor, `visitor ${number} into the void`);
    await operatorSays(operator, `operator ${number} into the void`);
    said.push(`visitor ${number} into the void`, `operator ${number} into the void`);
  }
  await expect(chat(visitor).locator('.bubble.waits')).toHaveCount(3);
  await expect(thread(operator).locator('[data-fate=queued]').first()).toBeVisible();
  // Both notice, and say so: 30 s is the longest that a stale screen may look alive (C4).
  await expect(lostAtVisitor(visitor)).toBeVisible({ timeout: 30_000 });
  await expect(lostAtOperator(operator)).toBeVisible({ timeout: 30_000 });
  expect(await stored(foyer, openChatId(operator))).toHaveLength(2);
  wires.heal();
  await expectSameConversation({ foyer, visitor, operator, timeout: 45_000 }, said);
  await expect(lostAtVisitor(visitor)).toBeHidden();
  await expect(lostAtOperator(operator)).toBeHidden();
});

test('VI-09: who only reads gets what was said while the line was dead, as soon as the page is looked at', async ({
  world: { foyer },
  talk: { visitor, operator, said },
}) => {
  foyer.network?.chat.cut();
  for (const text of ['Are you still there?', 'I wait.']) {
    await operatorSays(operator, text);
    said.push(text);
  }
  await expect(thread(operator)).toContainText('I wait.');
  await expect(thread(operator).locator('[data-fate=queued]')).toHaveCount(0);
  await expect(chat(visitor).getByRole('log')).not.toContainText('Are you still there?');
  foyer.network?.chat.heal();
  // What a browser says to the page when the laptop wakes up.
  await chat(visitor)
    .locator('body')
    .evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
  await expectSameConversation({ foyer, visitor, operator }, said);
});

test('VI-09 OC-17: offline, messages on both sides, online again', async ({
  world: { foyer },
  talk: { visitor, operator, said, wires },
}) => {
  wires.cut();
  for (const page of [visitor, operator]) await page.context().setOffline(true);
  await visitorSays(visitor, 'In a tunnel.');
  await operatorSays(operator, 'The office has no power.');
  said.push('In a tunnel.', 'The office has no power.');
  await expect(lostAtVisitor(visitor)).toBeVisible();
  await expect(lostAtOperator(operator)).toBeVisible();
  wires.heal();
  for (const page of [visitor, operator]) await page.context().setOffline(false);
  await expectSameConversation({ foyer, visitor, operator }, said);
});

test('VI-09: a chat where WebSocket is blocked', async ({
  world: { foyer },
  wires,
  operatorAtWork,
  visitorOn,
}) => {
  wires.refuseUpgrades(true);
  const operator = await operatorAtWork();
  const visitor = await visitorOn();
  await startChat(visitor, 'Our proxy is strict.', { name: 'Vera' });
  await openChat(operator, 'Vera');
  await operatorSays(operator, 'So is ours.');
  await expect(chat(visitor).getByRole('log')).toContainText('So is ours.');
  // Between two polls a sign of typing gets lost; who goes on typing is seen.
  await expect(async () => {
    await visitorBox(visitor).pressSequentially('Do you see this? ');
    await expect(operator.getByText('Vera is writing…')).toBeVisible({ timeout: 1000 });
  }).toPass();
  const typed = (await visitorBox(visitor).inputValue()).trim();
  await visitorBox(visitor).press('Enter');
  await expect(chat(visitor).locator('.bubble.visitor').last().locator('.meta')).toContainText('Read');
  const said = ['Our proxy is strict.', 'So is ours.', typed];
  await expectSameConversation({ foyer, visitor, operator }, said);
  await visitor.reload();
  await launcher(visitor).click();
  await expectSameConversation({ foyer, visitor, operator }, said);
  for (const wire of Object.values(foyer.network ?? {})) expect(wire.refused()).toBeGreaterThan(1);
});

test('VI-09: twenty messages of each at the same time stand in one order', async ({
  world: { foyer },
  talk: { visitor, operator, said },
}) => {
  const numbers = Array.from({ length: 20 }, (_, index) => index + 1);
  await Promise.all([
    (async () => {
      for (const number of numbers) await visitorSays(visitor, `visitor ${number}`);
    })(),
    (async () => {
      for (const number of numbers) await operatorSays(operator, `operator ${number}`);
    })(),
  ]);
  said.push(...numbers.flatMap((number) => [`visitor ${number}`, `operator ${number}`]));
  const log = await expectSameConversation({ foyer, visitor, operator, timeout: 40_000 }, said);
  for (const by of ['visitor', 'operator'] as const) {
    const own = log.filter((line) => line.by === by).map(({ text }) => text);
    expect(own.slice(1), `${by}'s own order`).toEqual(numbers.map((number) => `${by} ${number}`));
  }
});

test('VI-09: the server is restarted by SIGTERM while both write', async ({
  world: { foyer },
  talk: { visitor, operator, said },
}) => {
  const numbers = Array.from({ length: 12 }, (_, index) => index + 1);
  let ended: Promise<number | null> = Promise.resolve(null);
  for (const number of numbers) {
    await Promise.all([
      visitorSays(visitor, `visitor ${number}`),
      operatorSays(operator, `operator ${number}`),
    ]);
    said.push(`visitor ${number}`, `operator ${number}`);
    if (number === 4) ended = foyer.terminate();
    if (number === 8) {
      expect(await ended).toBe(0);
      await foyer.start();
    }
  }
  await expectSameConversation({ foyer, visitor, operator, timeout: 45_000 }, said);
});

test('VI-09 OC-17: a reload in the middle of sending loses nothing, on either side', async ({
  world: { foyer },
  talk: { visitor, operator, said, wires },
}) => {
  // What is sent now is lost on the wire; the pages reload before they can notice.
  wires.cut();
  await visitorSays(visitor, 'said just before my reload');
  await operatorSays(operator, 'said just before mine');
  await visitorBox(visitor).fill('half a sent');
  await operatorBox(operator).fill('half an ans');
  expect(await stored(foyer, openChatId(operator))).toHaveLength(2);
  wires.heal();
  await Promise.all([visitor.reload(), operator.reload()]);
  said.push('said just before my reload', 'said just before mine');
  await launcher(visitor).click();
  await expectSameConversation({ foyer, visitor, operator }, said);
  await expect(visitorBox(visitor)).toHaveValue('half a sent');
  await expect(operatorBox(operator)).toHaveValue('half an ans');
});

test('VI-09: the very first message survives a reload in the middle of sending, even if chat is not opened again', async ({
  world: { foyer },
  operatorAtWork,
  visitorOn,
}) => {
  const operator = await operatorAtWork();
  const visitor = await visitorOn();
  await openWidget(visitor);
  await chat(visitor).getByLabel('Name').fill('Vera');
  await visitorBox(visitor).fill('My first words');
  // The line has to be there before it can be cut.
  await expect(chat(visitor).getByText('We usually answer right away')).toBeVisible();
  foyer.network?.chat.cut();
  await chat(visitor).getByRole('button', { name: 'Start chat' }).click();
  await expect(chat(visitor).locator('.bubble.waits')).toHaveCount(1);
  foyer.network?.chat.heal();
  await visitor.reload();
  await expect(row(operator, 'Vera')).toContainText('My first words', { timeout: 30_000 });
  await launcher(visitor).click();
  await openChat(operator, 'Vera');
  await expect(thread(operator)).toContainText('My first words');
  await expect(chat(visitor).locator('.bubble.visitor')).toHaveCount(1);
});
