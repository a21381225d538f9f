import type { Page } from '@playwright/test';
import {
  chat,
  company,
  openChat,
  operatorBox,
  operatorSays,
  owner,
  row,
  setStatus,
  signIn,
  startChat,
  statusButton,
  thread,
} from './harness/people.ts';
import { expectSameConversation, openChatId, operatorSees } from './harness/screens.ts';
import { expect, test } from './harness/test.ts';

test('OC-01: sign in by e-mail, or by account and handle; a wrong password is said in a sentence', async ({
  world: { foyer },
  person,
}) => {
  const page = await (await person()).newPage();
  await page.goto(`${foyer.console}/settings/appearance`);
  await expect(page.getByRole('heading', { name: 'Sign in to Foyer' })).toBeVisible();
  await signIn(page, { ...owner, password: 'not this one' });
  await expect(page.getByRole('alert')).toHaveText(
    'This is not right. Please check what you typed, upper and lower case too.',
  );
  await signIn(page, owner);
  // Back to where the person wanted to go.
  await expect(page.getByRole('heading', { name: 'Appearance' })).toBeVisible();
  await page.getByRole('button', { name: `${owner.name}, ${company.title}` }).click();
  await page.getByText('Sign out').click();
  await expect(page.getByRole('heading', { name: 'Sign in to Foyer' })).toBeVisible();
  await page.goto(foyer.console);
  await page.getByRole('button', { name: 'Sign in with account and handle' }).click();
  await page.getByLabel('Account').fill(company.name);
  await page.getByLabel('Operator handle').fill('ada.owner');
  await page.getByRole('textbox', { name: 'Password' }).fill(owner.password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(page.getByRole('region', { name: 'Chats' })).toBeVisible();
});

test('A1 OC-02: no text no Send, Enter sends, Shift+Enter makes a line, HTML is text', async ({
  world: { foyer },
  operatorAtWork,
  visitorOn,
}) => {
  const operator = await operatorAtWork();
  const visitor = await visitorOn();
  const markup = '<img src=x onerror="document.title=`owned`"><b>bold</b> &amp; %VISITOR%';
  await startChat(visitor, markup, { name: '<i>Vera</i>' });
  await openChat(operator, '<i>Vera</i>');
  const send = operator.getByRole('form', { name: 'Answer' }).getByRole('button', { name: 'Send' });
  await expect(send).toBeDisabled();
  await operatorBox(operator).fill('  \n ');
  await expect(send).toBeDisabled();
  await operatorBox(operator).press('Enter');
  await operatorBox(operator).fill(markup);
  await operatorBox(operator).press('Shift+Enter');
  await operatorBox(operator).pressSequentially('second line');
  await expect(operatorBox(operator)).toHaveValue(`${markup}\nsecond line`);
  await operatorBox(operator).press('Enter');
  await operatorBox(operator).fill('by the button');
  await send.click();
  await expect(send).toBeDisabled();
  await expectSameConversation({ foyer, visitor, operator }, [
    markup,
    `${markup}\nsecond line`,
    'by the button',
  ]);
  await expect(thread(operator).locator('b, img')).toHaveCount(0);
  await expect(chat(visitor).locator('.words b, .words img')).toHaveCount(0);
  await expect(operator).toHaveTitle('Foyer');
});

test('OC-07: the message field is resized by mouse and by keys, and stays so', async ({
  operatorAtWork,
  visitorOn,
}) => {
  const operator = await operatorAtWork();
  await startChat(await visitorOn(), 'Hello', { name: 'Vera' });
  await openChat(operator, 'Vera');
  const line = operator.getByRole('separator', { name: 'Resize the message field' });
  const height = async () => (await operatorBox(operator).boundingBox())?.height ?? 0;
  const before = await height();
  const grip = await line.boundingBox();
  if (!grip) throw new Error('there is nothing to drag');
  const [x, y] = [grip.x + grip.width / 2, grip.y + grip.height / 2];
  await operator.mouse.move(x, y);
  await operator.mouse.down();
  await operator.mouse.move(x, y - 60, { steps: 5 });
  await operator.mouse.move(x, y - 120, { steps: 5 });
  await operator.mouse.up();
  await expect.poll(height).toBeCloseTo(before + 120, -1);
  const dragged = await height();
  await line.focus();
  await operator.keyboard.press('ArrowUp');
  await expect.poll(height).toBeGreaterThan(dragged);
  const byKeys = await height();
  await operator.reload();
  await expect(operatorBox(operator)).toBeVisible();
  expect(await height()).toBeCloseTo(byKeys, 0);
  await line.focus();
  await operator.keyboard.press('Home');
  await expect.poll(height).toBeLessThanOrEqual(before);
});

test('OC-14: two operators accept at once: one has the chat, the other is told who', async ({
  world: { foyer, account },
  operatorAtWork,
  visitorOn,
  person,
}) => {
  const boris = await account.addColleague('Boris', 'normal');
  const second = await (await person({ storageState: boris.signedIn })).newPage();
  await second.goto(foyer.console);
  const first = await operatorAtWork();
  const visitor = await visitorOn();
  await startChat(visitor, 'Who is first?', { name: 'Vera' });
  const pages = [first, second];
  for (const page of pages) {
    await expect(page).toHaveTitle('(1) Foyer');
    await openChat(page, 'Vera');
  }
  const accept = (page: Page) => page.getByRole('button', { name: 'Accept', exact: true }).click();
  await foyer.whileFrozen(() => Promise.all(pages.map(accept)));
  await expect(chat(visitor).getByText(/^(Ada Owner|Boris) joined the chat$/)).toBeVisible();
  const joined = await chat(visitor)
    .getByText(/joined the chat$/)
    .allTextContents();
  expect(joined).toHaveLength(1);
  const won = joined[0]?.startsWith('Ada') ? first : second;
  const lost = won === first ? second : first;
  await expect(won.getByText('Your chat')).toBeVisible();
  await expect(
    lost.getByText(`This conversation was taken by ${won === first ? 'Ada Owner' : 'Boris'}.`),
  ).toBeVisible();
  await expect(operatorBox(won)).toBeEnabled();
  for (const page of pages) await expect(page).toHaveTitle('Foyer');
  const [{ joins } = { joins: '' }] = await foyer.query<{ joins: string }>(
    "select count(*) as joins from entries where conversation_id = $1 and what->>'kind' = 'joined'",
    [openChatId(won)],
  );
  expect(joins).toBe('1');
});

test("B3 B5 OC-16: a normal operator sees nothing of others' chats: no list, no address, no API", async ({
  world: { foyer, account },
  operatorAtWork,
  visitorOn,
  person,
}) => {
  const nora = await account.addColleague('Nora', 'normal');
  const normal = await (await person({ storageState: nora.signedIn })).newPage();
  const frames: string[] = [];
  normal.on('websocket', (socket) =>
    socket.on('framereceived', ({ payload }) => frames.push(String(payload))),
  );
  await normal.goto(foyer.console);
  const operator = await operatorAtWork();
  const visitor = await visitorOn();
  await startChat(visitor, 'For everybody who is free', { name: 'Vera' });
  await expect(row(normal, 'Vera')).toBeVisible();
  await openChat(operator, 'Vera');
  await operatorSays(operator, 'Now it is mine.');
  await expect(row(normal, 'Vera')).toHaveCount(0);
  const lists = normal.getByRole('navigation', { name: 'Chat lists' });
  await expect(lists.getByRole('link')).toHaveText([/Waiting\s*0/, /Mine\s*0/]);
  for (const list of ['waiting', 'mine', 'all']) {
    await normal.goto(`${foyer.console}/?list=${list}&chat=${openChatId(operator)}`);
    await expect(normal.getByText('This chat is not yours to see')).toBeVisible();
    await expect(row(normal, 'Vera')).toHaveCount(0);
  }
  await operatorSays(operator, 'A word in confidence.');
  await expect(chat(visitor).getByText('A word in confidence.')).toBeVisible();
  await expect(normal.locator('body')).not.toContainText('confidence');
  expect(frames.join()).not.toContain('A word in confidence.');
  const statuses = await normal.evaluate(
    async ([chatId]) => {
      const me = (await (await fetch('/v1/session')).json()) as { memberships: { operatorId: string }[] };
      const headers = { 'foyer-operator': me.memberships[0]?.operatorId ?? '' };
      const paths = [`/v1/conversations/${chatId}/entries?before=99`, '/v1/operators', '/v1/chatboxes'];
      return Promise.all(paths.map(async (path) => (await fetch(path, { headers })).status));
    },
    [openChatId(operator)],
  );
  expect(statuses[0]).toBe(404);
  for (const page of [
    'widget-code',
    'test-chat',
    'settings/account',
    'settings/operators',
    'settings/email',
    'settings/chatbox',
  ]) {
    await normal.goto(`${foyer.console}/${page}`);
    await expect(normal.getByText(/^Only administrators/)).toBeVisible();
  }
});

test('B6 C5: a session that is ended closes the other browser at once', async ({
  world: { foyer, account },
  person,
}) => {
  const rita = await account.addColleague('Rita', 'administrator');
  const stolen = await (await person({ storageState: rita.signedIn })).newPage();
  await stolen.goto(foyer.console);
  await expect(stolen.getByRole('region', { name: 'Chats' })).toBeVisible();
  const own = await (await person()).newPage();
  await own.goto(`${foyer.console}/settings/security`);
  await signIn(own, rita);
  await own.getByRole('button', { name: 'End session' }).click();
  await expect(stolen.getByRole('heading', { name: 'Sign in to Foyer' })).toBeVisible();
  await expect(own.getByRole('button', { name: 'End session' })).toHaveCount(0);
  await stolen.goto(foyer.console);
  await expect(stolen.getByRole('heading', { name: 'Sign in to Foyer' })).toBeVisible();
});

test('OC-01: the status is chosen in the rail, and stays after a reload', async ({ operatorAtWork }) => {
  const operator = await operatorAtWork();
  for (const status of ['Away', 'Offline', 'Online'] as const) {
    await setStatus(operator, status);
    await operator.reload();
    await expect(statusButton(operator)).toHaveAccessibleName(`Status: ${status}`);
  }
});

test('the palette goes to pages, runs actions and finds chats', async ({ operatorAtWork, visitorOn }) => {
  const operator = await operatorAtWork();
  await startChat(await visitorOn(), 'Something about tulips', { name: 'Vera' });
  await expect(row(operator, 'Vera')).toBeVisible();
  const search = operator.getByPlaceholder('Search chats and actions');
  for (const [words, seen] of [
    ['widget', operator.getByRole('heading', { name: 'Widget code', level: 1 })],
    ['status away', operator.getByRole('button', { name: 'Status: Away' })],
    ['tulips', thread(operator).getByText('Something about tulips')],
  ] as const) {
    await operator.keyboard.press('Control+k');
    await expect(search).toBeFocused();
    await search.fill(words);
    await operator.keyboard.press('Enter');
    await expect(seen).toBeVisible();
    await expect(search).toBeHidden();
  }
});

test('OC-14 OC-17: an older, longer talk is whole when it is opened again', async ({
  world: { foyer },
  operatorAtWork,
  visitorOn,
}) => {
  const operator = await operatorAtWork();
  const visitor = await visitorOn();
  await startChat(visitor, 'number 0', { name: 'Vera' });
  await openChat(operator, 'Vera');
  const said = ['number 0'];
  for (let number = 1; number <= 30; number++) {
    await operatorSays(operator, `number ${number}\nwith a second line`);
    said.push(`number ${number}\nwith a second line`);
  }
  await operator.reload();
  const truth = await expectSameConversation({ foyer, visitor, operator }, said);
  expect((await operatorSees(operator)).map(({ text }) => text)).toEqual(said);
  expect(truth).toHaveLength(31);
});
