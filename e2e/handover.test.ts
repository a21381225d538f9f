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

test('OC-12 OC-13 OC-14 OC-16: three operators and four visitors hand chats on, watch, whisper, take over', async ({
  world: { foyer, account },
  person,
  operatorAtWork,
  visitorOn,
}) => {
  test.slow();
  const [annikas, bohdans] = [
    await account.addColleague('Annika', 'normal'),
    await account.addColleague('Bohdan', 'normal'),
  ];
  const sits = async ({ signedIn }: typeof annikas) => {
    const page = await (await person({ storageState: signedIn })).newPage();
    await page.goto(foyer.console);
    await expect(page.getByText('Nobody is waiting.')).toBeVisible();
    return page;
  };
  const [annika, bohdan, ada] = await Promise.all([sits(annikas), sits(bohdans), operatorAtWork()]);
  const names = ['Vera', 'Walt', 'Xena', 'Yuri'];
  const [vera, walt, xena, yuri] = (await Promise.all(
    names.map(async (name) => {
      const page = await visitorOn();
      await startChat(page, `I am ${name}`, { name });
      return page;
    }),
  )) as [Page, Page, Page, Page];
  for (const page of [annika, bohdan, ada]) await expect(page).toHaveTitle(title(4));

  // Declined by Bohdan: it rings the others on.
  await row(bohdan, 'Yuri').getByRole('button', { name: 'Decline Yuri' }).click();
  await expect(bohdan).toHaveTitle(title(3));
  await expect(annika).toHaveTitle(title(4));
  await expect(row(bohdan, 'Yuri').getByRole('button')).toHaveCount(0);

  for (const name of ['Vera', 'Walt', 'Xena']) {
    await annika.getByRole('link', { name: /^Waiting/ }).click();
    await row(annika, name)
      .getByRole('button', { name: `Accept ${name}` })
      .click();
    await expect(annika.getByText('Your chat')).toBeVisible();
  }
  for (const page of [bohdan, ada]) await expect(row(page, 'Vera')).toHaveCount(0);

  // By /t and /a.
  await mine(annika).click();
  await openChat(annika, 'Vera');
  await operatorBox(annika).fill('/transfer bohdan');
  await operatorBox(annika).press('Enter');
  await expect(annika.getByText('There is no command /transfer.')).toBeVisible();
  await operatorBox(annika).fill(`/t ${bohdans.handle}`);
  await expect(annika.getByRole('option', { name: /^Bohdan/ })).toHaveAttribute('aria-selected', 'true');
  await operatorBox(annika).press('Enter');
  await expect(annika.getByText('Offered to Bohdan')).toBeVisible();
  await expect(bohdan).toHaveTitle(title(1));
  await operatorSays(annika, 'One moment, Bohdan knows this.');
  await openChat(bohdan, 'Vera');
  await expect(bohdan.getByText('Annika offers you this chat with Vera')).toBeVisible();
  await expect(thread(bohdan)).toContainText('Bohdan knows this.');
  await note(bohdan).fill('Taking it.');
  await note(bohdan).press('Enter');
  await note(bohdan).fill('/a');
  await note(bohdan).press('Enter');
  await expect(bohdan.getByText('Your chat')).toBeVisible();
  await expect(annika.getByText('Bohdan has taken the chat with Vera')).toBeVisible();
  await expect(row(annika, 'Vera')).toHaveCount(0);
  await operatorSays(bohdan, '//etc is where it is.');
  await visitorSays(vera, 'Thank you, Bohdan.');
  await expectSameConversation({ foyer, visitor: vera, operator: bohdan }, [
    'I am Vera',
    'One moment, Bohdan knows this.',
    '/etc is where it is.',
    'Thank you, Bohdan.',
  ]);
  await expect(chat(vera).getByText('Taking it.')).toHaveCount(0);

  // Declined by /d, which is a command only where something is offered.
  await openChat(annika, 'Walt');
  await operatorBox(annika).fill('/d');
  await operatorBox(annika).press('Enter');
  await expect(annika.getByText('Nothing is offered to you here.')).toBeVisible();
  await operatorBox(annika).fill(`/t ${bohdans.handle}`);
  await operatorBox(annika).press('Enter');
  await bohdan.getByRole('link', { name: /^Waiting/ }).click();
  await openChat(bohdan, 'Walt');
  await note(bohdan).fill('/d');
  await note(bohdan).press('Enter');
  await expect(bohdan.getByText('Choose a chat from the list.')).toBeVisible();
  await expect(inThread(annika, 'Bohdan declined')).toBeVisible();
  await expect(annika.getByText('Offered to Bohdan')).toHaveCount(0);
  await expect(annika.getByText('Your chat')).toBeVisible();

  // To a department, by menu; withdrawn, and offered again.
  const { operators } = await account.call<Operators>('GET', '/v1/operators');
  const members = operators.filter(({ name }) => name === 'Bohdan').map(({ id }) => id);
  await account.call('POST', '/v1/departments', { name: 'Repairs', operators: members, removes: 0 });
  await annika.getByRole('button', { name: 'Transfer…' }).click();
  await annika.getByRole('combobox', { name: 'Name, handle or department' }).fill('repairs');
  await annika.keyboard.press('Enter');
  await annika.getByRole('button', { name: 'Withdraw' }).click();
  await expect(inThread(annika, 'The offer was withdrawn')).toBeVisible();
  await annika.getByRole('button', { name: 'Transfer…' }).click();
  await annika.getByRole('option', { name: /^Repairs/ }).click();
  await row(bohdan, 'Walt').getByRole('button', { name: 'Accept Walt' }).click();
  await expect(bohdan.getByText('Your chat')).toBeVisible();
  await expect(row(annika, 'Walt')).toHaveCount(0);

  // Watched, whispered to, and taken over.
  await ada.getByRole('link', { name: /^All chats/ }).click();
  await expect(row(ada, 'Xena')).toContainText('Annika');
  await openChat(ada, 'Xena');
  await openChat(annika, 'Xena');
  await expect(ada.getByText('You are watching; Annika does not see you.')).toBeVisible();
  await expect(ada.getByRole('button', { name: 'Reply' })).toBeDisabled();
  await note(ada).fill('Offer her a discount.');
  await note(ada).press('Enter');
  await expect(inThread(annika, 'Offer her a discount.')).toBeVisible();
  await operatorSays(annika, 'You get ten per cent.');
  await expect(inThread(ada, 'You get ten per cent.')).toBeVisible();
  await ada.getByRole('button', { name: 'Take over' }).click();
  await ada
    .getByRole('dialog', { name: 'Take over from Annika?' })
    .getByRole('button', { name: 'Take over' })
    .click();
  await expect(ada.getByText('Your chat')).toBeVisible();
  await expect(annika.getByText('Ada Owner has taken the chat with Xena')).toBeVisible();
  await expect(annika.getByText('This chat is not yours to see')).toBeVisible();
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
  await ada.getByRole('button', { name: 'What to do with Bohdan' }).click();
  await ada.getByRole('menuitem', { name: 'Start chat' }).click();
  await operatorSays(ada, 'Can you stay until six?');
  await expect(bohdan.getByRole('link', { name: 'Contacts, 1 unread' })).toBeVisible();
  await expect(bohdan.getByRole('link', { name: /^Mine/ })).toContainText('2');
  await bohdan.getByRole('link', { name: 'Contacts, 1 unread' }).click();
  await contact(bohdan, 'Ada Owner').click();
  await expect(thread(bohdan)).toContainText('Can you stay until six?');
  await expect(bohdan.getByRole('link', { name: 'Contacts', exact: true })).toBeVisible();
  await expect(thread(ada).getByText('Read', { exact: true })).toBeAttached();
  await operatorBox(bohdan).pressSequentially('Ye');
  await expect(ada.getByText('Bohdan is writing…')).toBeVisible();
  await operatorSays(bohdan, 'Yes, until seven.');
  await expect(thread(ada)).toContainText('Yes, until seven.');
  await annika.getByRole('link', { name: 'Contacts' }).click();
  await expect(contact(annika, 'Bohdan')).toBeVisible();
  await expect(annika.getByText('until seven')).toHaveCount(0);

  // Nobody was left behind: every chat has its owner or waits.
  await expect(chat(yuri).getByRole('log')).toContainText('I am Yuri');
  await expect(chat(walt).getByText('Bohdan has taken over')).toBeVisible();
  const orphans = await foyer.query(
    "select 1 from conversations where (state = 'open' and operator_id is null) or (state = 'waiting' and desk is null)",
  );
  expect(orphans).toHaveLength(0);
});

test('OC-12: who speaks another language is asked about first; what nobody takes in time comes back', async ({
  world: { foyer, account },
  person,
  operatorAtWork,
  visitorOn,
}) => {
  await account.call('PATCH', '/v1/routing', { answerWithin: 5, languages: ['en', 'fr'] });
  const { handle, signedIn } = await account.addColleague('Fabienne', 'normal');
  const { operators } = await account.call<Operators>('GET', '/v1/operators');
  const id = operators.find((each) => each.handle === handle)?.id ?? '';
  const french = { destinations: [{ language: 'fr', departmentId: null }] };
  await account.call('PUT', `/v1/operators/${id}/destinations`, french);
  const fabienne = await (await person({ storageState: signedIn })).newPage();
  await fabienne.goto(foyer.console);
  await expect(fabienne.getByText('Nobody is waiting.')).toBeVisible();
  const ada = await operatorAtWork();
  await startChat(await visitorOn(), 'I speak English', { name: 'Zoe' });
  await row(ada, 'Zoe').getByRole('button', { name: 'Accept Zoe' }).click();

  const offer = async () => {
    await operatorBox(ada).fill(`/t ${handle}`);
    await operatorBox(ada).press('Enter');
  };
  const question = ada.getByRole('dialog', { name: 'Transfer' });
  await offer();
  await expect(question).toContainText('Fabienne does not serve the language of this visitor (en');
  await question.getByRole('button', { name: 'Keep it' }).last().click();
  await expect(question).toHaveCount(0);
  await expect(ada.getByText('Offered to Fabienne')).toHaveCount(0);
  await offer();
  await expect(question.getByRole('button', { name: 'Offer all the same' })).toBeFocused();
  await ada.keyboard.press('Enter');
  await expect(ada.getByText(/Offered to Fabienne, .* left/)).toBeVisible();
  await expect(row(fabienne, 'Zoe').getByRole('button', { name: 'Accept Zoe' })).toBeVisible();
  await expect(inThread(ada, 'Nobody took the offer in time')).toBeVisible();
  await expect(row(fabienne, 'Zoe')).toHaveCount(0);
  await expect(ada.getByText('Your chat')).toBeVisible();
  await operatorSays(ada, 'Then I help you.');
});
