import { examine, examined, faultsOf, looks } from './harness/examine.ts';
import { startFoyer } from './harness/foyer.ts';
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
import { expect, test } from './harness/test.ts';

const all = examined;

test('the examination finds what is wrong', async ({ operatorAtWork }) => {
  const page = await operatorAtWork();
  await page.evaluate(() => {
    const grey = Object.assign(document.createElement('p'), { textContent: 'Can you read this?' });
    grey.style.color = '#ccc';
    grey.style.background = '#fff';
    document.querySelector('main')?.append(grey, document.createElement('img'));
  });
  const faults = (await faultsOf(page)).join();
  expect(faults).toContain('color-contrast');
  expect(faults).toContain('image-alt');
});

test('set-up and sign-in', async ({ person }) => {
  const foyer = await startFoyer();
  try {
    for (const look of all) {
      const page = await (await person(looks[look])).newPage();
      await page.goto(foyer.setupLink);
      await expect(page.getByLabel('Your name')).toBeVisible();
      await examine(page, 'set-up-1', look);
      await page.getByRole('button', { name: 'Continue' }).click();
      await expect(page.getByText('Enter your name.')).toBeVisible();
      await examine(page, 'set-up-faults', look);
      await page.getByLabel('Your name').fill('Ada');
      await page.getByLabel('E-mail').fill('ada@shop.test');
      await page.getByRole('textbox', { name: 'Password' }).fill('correct horse battery');
      await page.getByRole('button', { name: 'Continue' }).click();
      await expect(page.getByLabel('Company name')).toBeVisible();
      await examine(page, 'set-up-2', look);
      await page.goto(`${foyer.console}/sign-in`);
      await expect(page.getByRole('button', { name: 'Sign in', exact: true })).toBeVisible();
      await page.getByRole('button', { name: 'Sign in', exact: true }).click();
      await examine(page, 'sign-in', look);
      await page.getByRole('link', { name: 'Forgot password?' }).click();
      await expect(page.getByRole('heading', { name: 'Forgot your password?' })).toBeVisible();
      await examine(page, 'forgot-password', look);
      for (const path of ['reset-password', 'verify-email']) {
        await page.goto(`${foyer.console}/${path}#${'x'.repeat(40)}`);
        await expect(page.getByRole('button', { name: /Set password|Confirm/ })).toBeVisible();
        await examine(page, path, look);
      }
    }
  } finally {
    await foyer.stop();
  }
});

for (const look of all) {
  test(`console: chats, ${look}`, async ({ operatorAtWork, visitorOn }) => {
    const operator = await operatorAtWork(looks[look]);
    await expect(operator.getByText('Nobody is waiting.')).toBeVisible();
    await examine(operator, 'chats-empty', look);
    const visitor = await visitorOn();
    await startChat(visitor, 'Do you have tulips? I saw them on https://shop.test/tulips last week.', {
      name: 'Vera van Dijk',
      email: 'vera@example.net',
    });
    const other = await visitorOn();
    await startChat(other, 'My order has not come.', { name: 'Otto' });
    await expect(row(operator, 'Otto')).toBeVisible();
    await examine(operator, 'chats-waiting', look);
    await openChat(operator, 'Vera');
    await operator.mouse.move(600, 400);
    await examine(operator, 'chat-to-accept', look);
    await operatorSays(operator, 'Yes, in red and in yellow. How many would you like?');
    await visitorSays(visitor, 'Twelve red ones, please.');
    // The word of it may overtake what was said just before, which ends it on the screen until the next key.
    await expect(async () => {
      await visitorBox(visitor).pressSequentially('And ');
      await expect(operator.getByText('Vera van Dijk is writing…')).toBeVisible({ timeout: 3000 });
    }).toPass();
    await examine(operator, 'chat', look);
    if (look === 'phone') {
      await operator.getByRole('button', { name: 'Visitor panel' }).click();
      await expect(operator.getByRole('complementary', { name: 'About the visitor' })).toBeVisible();
      await examine(operator, 'visitor-panel', look);
      await operator.getByRole('button', { name: 'Close visitor panel' }).click();
    }
    await operator.getByRole('button', { name: 'End chat' }).click();
    await expect(operator.getByRole('dialog')).toBeVisible();
    await examine(operator, 'end-chat', look);
    await operator.getByRole('dialog').getByRole('button', { name: 'End chat' }).click();
    await expect(operator.getByText('This chat has ended.')).toBeVisible();
    await expect(operator.getByRole('dialog')).toBeHidden();
    await examine(operator, 'chat-ended', look);
    await expect(chat(visitor).getByText('The chat has ended')).toBeVisible();
  });

  test(`console: chats that are handed on, and colleagues, ${look}`, async ({
    world: { foyer, account },
    person,
    operatorAtWork,
    visitorOn,
  }) => {
    const colleague = await account.addColleague('Boris Brecht', 'normal');
    const boris = await (await person({ ...looks[look], storageState: colleague.signedIn })).newPage();
    await boris.goto(foyer.console);
    const operator = await operatorAtWork(looks[look]);
    const visitor = await visitorOn();
    await startChat(visitor, 'Who knows about tulips?', { name: 'Vera van Dijk' });
    await expect(row(operator, 'Vera').getByRole('button', { name: 'Accept Vera van Dijk' })).toBeVisible();
    await examine(operator, 'chats-ringing', look);
    await openChat(operator, 'Vera');
    await operatorSays(operator, 'I ask a colleague.');
    if (look !== 'phone') {
      await operator.getByRole('button', { name: 'Why here' }).click();
      await expect(
        operator.getByRole('complementary').getByText(/^All who are free are rung: .*Ada Owner/),
      ).toBeVisible();
      await examine(operator, 'why-here', look);
    }
    await operator.getByRole('button', { name: 'Note', exact: true }).click();
    await operator.getByRole('textbox', { name: 'Note' }).fill('She is a customer since 2019; be quick.');
    await examine(operator, 'note-composer', look);
    await operator.getByRole('button', { name: 'Add note' }).click();
    await operator.getByRole('button', { name: 'Reply' }).click();
    await operatorBox(operator).fill('/');
    await examine(operator, 'slash-commands', look);
    await operatorBox(operator).fill(`/t ${colleague.handle}`);
    await expect(operator.getByRole('option', { name: /Boris/ })).toBeVisible();
    await examine(operator, 'slash-completion', look);
    await operatorBox(operator).fill('');
    await operator.getByRole('button', { name: 'Transfer…' }).click();
    await operator.getByRole('combobox').fill(colleague.handle);
    await examine(operator, 'transfer-dialog', look);
    await operator.keyboard.press('Enter');
    await expect(operator.getByRole('button', { name: 'Withdraw' })).toBeVisible();
    await examine(operator, 'chat-offered', look);
    await openChat(boris, 'Vera');
    await expect(boris.getByText('Ada Owner offers you this chat with Vera van Dijk')).toBeVisible();
    await examine(boris, 'chat-offered-to-me', look);
    await boris.getByRole('button', { name: 'Accept', exact: true }).click();
    await expect(operator.getByText('You are watching')).toBeVisible();
    await examine(operator, 'chat-watched', look);
    await operator.getByRole('button', { name: 'Take over' }).click();
    await expect(operator.getByRole('dialog', { name: 'Take over from Boris Brecht?' })).toBeVisible();
    await examine(operator, 'take-over', look);
    await operator.goto(`${foyer.console}/contacts`);
    await expect(operator.getByText('Choose a colleague to write to.')).toBeAttached();
    await examine(operator, 'contacts', look);
    // Those of the looks before are not there any more, and stand below.
    await operator
      .getByRole('link', { name: /Boris Brecht/ })
      .first()
      .click();
    await operatorSays(operator, 'Thank you for Vera.');
    await expect(thread(operator)).toContainText('Thank you for Vera.');
    await examine(operator, 'contact', look);
  });

  test(`console: pages, ${look}`, async ({ world: { foyer }, operatorAtWork }) => {
    const page = await operatorAtWork(looks[look]);
    const pages = {
      'widget-code': 'Widget code',
      'test-chat': 'Test chat',
      'settings/account': 'Account',
      'settings/chatbox': 'Chatbox',
      'settings/operators': 'Chat Operators',
      'settings/departments': 'Departments',
      'settings/url-routing': 'URL routing',
      'settings/languages': 'Languages',
      'settings/destinations': 'Destination management',
      'settings/business-hours': 'Business hours',
      'settings/queue': 'Queue and distribution',
      'settings/simulator': 'Simulator',
      'settings/offline-messages': 'Off-line messages',
      'settings/email': 'E-mail',
      'settings/profile': 'Profile',
      'settings/companies': 'Operator companies',
      'settings/security': 'Sign-in and sessions',
      'settings/appearance': 'Appearance',
      'settings/sounds': 'Sounds and notices',
    };
    for (const [path, heading] of Object.entries(pages)) {
      await page.goto(`${foyer.console}/${path}`);
      await expect(page.getByRole('heading', { name: heading, level: 1 })).toBeVisible();
      await expect(page.locator('[aria-busy=true]')).toHaveCount(0);
      // On a phone there is only the link to it.
      if (path === 'test-chat' && look !== 'phone') {
        const site = page.frameLocator('iframe[title="Test page with your widget"]');
        await expect(site.locator('foyer-chat button')).toBeVisible();
      }
      await examine(page, path.replace('/', '-'), look);
    }
    await page.goto(`${foyer.console}/settings/operators`);
    await page.getByRole('button', { name: 'Add operator' }).click();
    await expect(page.getByRole('dialog').getByLabel('Handle')).toBeVisible();
    await examine(page, 'add-operator', look);
    await page.keyboard.press('Escape');
    await expect(page.getByRole('dialog')).toBeHidden();
    await page.getByRole('button', { name: 'Search' }).click();
    await expect(page.getByPlaceholder('Search chats and actions')).toBeVisible();
    await examine(page, 'palette', look);
    await page.keyboard.press('Escape');
    await expect(page.getByPlaceholder('Search chats and actions')).toBeHidden();
    await page.getByRole('button', { name: /^Status: / }).click();
    await expect(page.getByRole('menu')).toBeVisible();
    // A menu that is open for a moment hangs on <body>, beside the landmarks.
    await examine(page, 'status-menu', look, ['region']);
    await page.keyboard.press('Escape');
    await page.keyboard.press('?');
    await expect(page.getByRole('dialog', { name: 'Keyboard shortcuts' })).toBeVisible();
    await examine(page, 'keys', look);
  });

  test(`widget, ${look}`, async ({ operatorAtWork, visitorOn, world: { account } }) => {
    const operator = await operatorAtWork();
    const visitor = await visitorOn({}, looks[look]);
    await expect(launcher(visitor)).toBeVisible();
    await examine(visitor, 'widget-launcher', look);
    await openWidget(visitor);
    await examine(visitor, 'widget-welcome', look);
    await chat(visitor).getByLabel('E-mail').fill('no address');
    await chat(visitor).getByRole('button', { name: 'Start chat' }).click();
    await expect(chat(visitor).getByText('Please fill this in.')).toBeVisible();
    await examine(visitor, 'widget-faults', look);
    await chat(visitor).getByLabel('E-mail').fill('');
    await chat(visitor).getByLabel('Name').fill('Vera');
    await visitorBox(visitor).fill('Do you have tulips? See https://shop.test/tulips');
    await chat(visitor).getByRole('button', { name: 'Start chat' }).click();
    await expect(chat(visitor).getByText('Somebody will be with you shortly')).toBeVisible();
    await examine(visitor, 'widget-waiting', look);
    await openChat(operator, 'Vera');
    await operatorSays(operator, 'Yes, in red and in yellow.');
    await expect(chat(visitor).getByRole('log')).toContainText('Yes, in red');
    await visitorSays(visitor, 'Twelve red ones, please.');
    await expect(thread(operator)).toContainText('Twelve');
    await chat(visitor).getByRole('button', { name: 'More' }).click();
    await examine(visitor, 'widget-chat', look);
    await chat(visitor).getByRole('button', { name: 'End chat' }).click();
    await examine(visitor, 'widget-end', look);
    await chat(visitor).getByRole('group').getByRole('button', { name: 'End chat' }).click();
    await expect(chat(visitor).getByRole('button', { name: 'Start a new chat' })).toBeVisible();
    await examine(visitor, 'widget-ended', look);
    await account.setStatus('offline');
    const late = await visitorOn({}, looks[look]);
    await openWidget(late);
    await expect(chat(late).getByRole('button', { name: 'Send message' })).toBeVisible();
    await examine(late, 'widget-offline-form', look);
    await chat(late).getByLabel('E-mail').fill('vera@example.net');
    await visitorBox(late).fill('Please call me.');
    await chat(late).getByRole('button', { name: 'Send message' }).click();
    await expect(chat(late).getByText('Thank you', { exact: true })).toBeVisible();
    await examine(late, 'widget-offline-thanks', look);
  });
}
