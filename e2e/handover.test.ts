import type { Page } from '@playwright/test';
import type { Operators } from '#protocol/operators.ts';
import {
  chat,
  openChat,
  operatorBox,
  operatorSays,
  row,
  startChat,
  thread,
  visitorSays,
} from './harness/people.ts';
import { expectSameConversation } from './harness/screens.ts';
import { expect, test } from './harness/test.ts';

const title = (ringing: number) => (ringing === 0 ? 'Foyer' : `(${ringing}) Foyer`);
const inThread = (page: Page, text: string | RegExp) => thread(page).getByText(text);
const mine = (page: Page) => page.getByRole('link', { name: /^Mine/ });
const contact = (page: Page, name: string) =>
  page.getByRole('region', { name: 'Contacts' }).getByRole('link', { name });
const note = (page: Page) => page.getByRole('textbox', { name: 'Note', exact: true });

test.afterEach(({ world: { account } }) => account.removeDepartments());

test('OC-12 OC-13 OC-14 OC-16: three operators and four visitors hand chats on, watch, whisper, take over', async ({
  world: { foyer, account },
  person,
  operatorAtWork,
  visitorOn,
}) => {
  test.slow();
  const [annas, boriss] = [
    await account.addColleague('Anna', 'normal'),
    await account.addColleague('Boris', 'normal'),
  ];
  const sits = async ({ signedIn }: typeof annas) => {
    const page = await (await person({ storageState: signedIn })).newPage();
    await page.goto(foyer.console);
    await expect(page.getByText('Nobody is waiting.')).toBeVisible();
    return page;
  };
  const [anna, boris, ada] = await Promise.all([sits(annas), sits(boriss), operatorAtWork()]);
  const names = ['Vera', 'Walt', 'Xena', 'Yuri'];
  const [vera, walt, xena, yuri] = (await Promise.all(
    names.map(async (name) => {
      const page = await visitorOn();
      await startChat(page, `I am ${name}`, { name });
      return page;
    }),
  )) as [Page, Page, Page, Page];
  for (const page of [anna, boris, ada]) await expect(page).toHaveTitle(title(4));

  // Declined by Boris: it rings the others on.
  await row(boris, 'Yuri').getByRole('button', { name: 'Decline Yuri' }).click();
  await expect(boris).toHaveTitle(title(3));
  await expect(anna).toHaveTitle(title(4));
  await expect(row(boris, 'Yuri').getByRole('button')).toHaveCount(0);

  for (const name of ['Vera', 'Walt', 'Xena']) {
    await anna.getByRole('link', { name: /^Waiting/ }).click();
    await row(anna, name)
      .getByRole('button', { name: `Accept ${name}` })
      .click();
    await expect(anna.getByText('Your chat')).toBeVisible();
  }
  for (const page of [boris, ada]) await expect(row(page, 'Vera')).toHaveCount(0);

  // By /t and /a.
  await mine(anna).click();
  await openChat(anna, 'Vera');
  await operatorBox(anna).fill('/transfer boris');
  await operatorBox(anna).press('Enter');
  await expect(anna.getByText('There is no command /transfer.')).toBeVisible();
  await operatorBox(anna).fill(`/t ${boriss.handle}`);
  await expect(anna.getByRole('option', { name: /^Boris/ })).toHaveAttribute('aria-selected', 'true');
  await operatorBox(anna).press('Enter');
  await expect(anna.getByText('Offered to Boris')).toBeVisible();
  await expect(boris).toHaveTitle(title(1));
  await operatorSays(anna, 'One moment, Boris knows this.');
  await openChat(boris, 'Vera');
  await expect(boris.getByText('Anna offers you this chat with Vera')).toBeVisible();
  await expect(thread(boris)).toContainText('Boris knows this.');
  await note(boris).fill('Taking it.');
  await note(boris).press('Enter');
  await boris.getByRole('button', { name: 'Accept', exact: true }).click();
  await expect(boris.getByText('Your chat')).toBeVisible();
  await expect(anna.getByText('Boris has taken the chat with Vera')).toBeVisible();
  await expect(row(anna, 'Vera')).toHaveCount(0);
  await operatorSays(boris, '//etc is where it is.');
  await visitorSays(vera, 'Thank you, Boris.');
  await expectSameConversation({ foyer, visitor: vera, operator: boris }, [
    'I am Vera',
    'One moment, Boris knows this.',
    '/etc is where it is.',
    'Thank you, Boris.',
  ]);
  await expect(chat(vera).getByText('Taking it.')).toHaveCount(0);

  // Declined by /d, which is a command only where something is offered.
  await openChat(anna, 'Walt');
  await operatorBox(anna).fill('/d');
  await operatorBox(anna).press('Enter');
  await expect(anna.getByText('Nothing is offered to you here.')).toBeVisible();
  await operatorBox(anna).fill(`/t ${boriss.handle}`);
  await operatorBox(anna).press('Enter');
  await boris.getByRole('link', { name: /^Waiting/ }).click();
  await row(boris, 'Walt').getByRole('button', { name: 'Decline Walt' }).click();
  await expect(inThread(anna, 'Boris declined')).toBeVisible();
  await expect(anna.getByText('Offered to Boris')).toHaveCount(0);
  await expect(anna.getByText('Your chat')).toBeVisible();

  // To a department, by menu; withdrawn, and offered again.
  const { operators } = await account.call<Operators>('GET', '/v1/operators');
  const members = operators.filter(({ name }) => name === 'Boris').map(({ id }) => id);
  await account.call('POST', '/v1/departments', { name: 'Repairs', operators: members, removes: 0 });
  await anna.getByRole('button', { name: 'Transfer…' }).click();
  await anna.getByRole('combobox', { name: 'Name, handle or department' }).fill('repairs');
  await anna.keyboard.press('Enter');
  await anna.getByRole('button', { name: 'Withdraw' }).click();
  await expect(inThread(anna, 'The offer was withdrawn')).toBeVisible();
  await anna.getByRole('button', { name: 'Transfer…' }).click();
  await anna.getByRole('option', { name: /^Repairs/ }).click();
  await row(boris, 'Walt').getByRole('button', { name: 'Accept Walt' }).click();
  await expect(boris.getByText('Your chat')).toBeVisible();
  await expect(row(anna, 'Walt')).toHaveCount(0);

  // Watched, whispered to, and taken over.
  await ada.getByRole('link', { name: /^All chats/ }).click();
  await expect(row(ada, 'Xena')).toContainText('Anna');
  await openChat(ada, 'Xena');
  await openChat(anna, 'Xena');
  await expect(ada.getByText('You are watching; Anna does not see you.')).toBeVisible();
  await expect(ada.getByRole('button', { name: 'Reply' })).toBeDisabled();
  await note(ada).fill('Offer her a discount.');
  await note(ada).press('Enter');
  await expect(inThread(anna, 'Offer her a discount.')).toBeVisible();
  await operatorSays(anna, 'You get ten per cent.');
  await expect(inThread(ada, 'You get ten per cent.')).toBeVisible();
  await ada.getByRole('button', { name: 'Take over' }).click();
  await ada
    .getByRole('dialog', { name: 'Take over from Anna?' })
    .getByRole('button', { name: 'Take over' })
    .click();
  await expect(ada.getByText('Your chat')).toBeVisible();
  await expect(anna.getByText('Ada Owner has taken the chat with Xena')).toBeVisible();
  await expect(anna.getByText('This chat is not yours to see')).toBeVisible();
  await operatorSays(ada, 'I am the owner.');
  await visitorSays(xena, 'Hello, owner.');
  await expectSameConversation({ foyer, visitor: xena, operator: ada }, [
    'I am Xena',
    'You get ten per cent.',
    'I am the owner.',
    'Hello, owner.',
  ]);
  await expect(chat(xena).getByText('Offer her a discount.')).toHaveCount(0);

  // Colleagues among themselves, beside the visitors' chats.
  await ada.goto(`${foyer.console}/settings/operators`);
  await ada.getByRole('button', { name: 'What to do with Boris' }).click();
  await ada.getByRole('menuitem', { name: 'Start chat' }).click();
  await operatorSays(ada, 'Can you stay until six?');
  await expect(boris.getByRole('link', { name: 'Contacts, 1 unread' })).toBeVisible();
  await expect(boris.getByRole('link', { name: /^Mine/ })).toContainText('2');
  await boris.getByRole('link', { name: 'Contacts, 1 unread' }).click();
  await contact(boris, 'Ada Owner').click();
  await expect(thread(boris)).toContainText('Can you stay until six?');
  await expect(boris.getByRole('link', { name: 'Contacts', exact: true })).toBeVisible();
  await expect(thread(ada).getByText('Read', { exact: true })).toBeAttached();
  await operatorBox(boris).pressSequentially('Ye');
  await expect(ada.getByText('Boris is writing…')).toBeVisible();
  await operatorSays(boris, 'Yes, until seven.');
  await expect(thread(ada)).toContainText('Yes, until seven.');
  await anna.getByRole('link', { name: 'Contacts' }).click();
  await expect(contact(anna, 'Boris')).toBeVisible();
  await expect(anna.getByText('until seven')).toHaveCount(0);

  // Nobody was left behind: every chat has its owner or waits.
  await expect(chat(yuri).getByRole('log')).toContainText('I am Yuri');
  await expect(chat(walt).getByText('Boris joined the chat')).toBeVisible();
  const orphans = await foyer.query(
    "select 1 from conversations where (state = 'open' and operator_id is null) or (state = 'waiting' and desk is null)",
  );
  expect(orphans).toHaveLength(0);
});
