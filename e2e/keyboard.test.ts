import { tabTo } from './harness/keys.ts';
import { chat, owner, startChat, thread, visitorSays } from './harness/people.ts';
import { expectSameConversation } from './harness/screens.ts';
import { expect, test } from './harness/test.ts';

test('item 12: sign in, accept, answer and end a chat without a mouse', async ({
  world: { foyer, account },
  person,
  visitorOn,
}) => {
  await account.setStatus('online');
  const operator = await (await person()).newPage();
  await operator.goto(foyer.console);
  await tabTo(operator, operator.getByLabel('E-mail'));
  await operator.keyboard.type(owner.email);
  await tabTo(operator, operator.getByRole('textbox', { name: 'Password' }));
  await operator.keyboard.type(owner.password);
  await operator.keyboard.press('Enter');
  await expect(operator.getByText('Nobody is waiting.')).toBeVisible();

  const visitor = await visitorOn();
  await startChat(visitor, 'Can you hear keys?', { name: 'Vera' });
  await expect(operator).toHaveTitle('(1) Foyer');
  await operator.keyboard.press('j');
  await operator.keyboard.press('Enter');
  await expect(thread(operator)).toContainText('Can you hear keys?');
  await tabTo(operator, operator.getByRole('button', { name: 'Accept', exact: true }));
  await operator.keyboard.press('Enter');
  await expect(operator.getByText('Your chat')).toBeVisible();
  await operator.keyboard.press('r');
  await operator.keyboard.type('Loud and clear.');
  await operator.keyboard.press('Enter');
  await visitorSays(visitor, 'Then goodbye.');
  await expectSameConversation({ foyer, visitor, operator }, [
    'Can you hear keys?',
    'Loud and clear.',
    'Then goodbye.',
  ]);
  await tabTo(operator, operator.getByRole('button', { name: 'End chat' }), 'Shift+Tab');
  await operator.keyboard.press('Enter');
  const question = operator.getByRole('dialog', { name: 'End this chat?' });
  await tabTo(operator, question.getByRole('button', { name: 'End chat' }));
  await operator.keyboard.press('Enter');
  await expect(question).toBeHidden();
  await expect(chat(visitor).getByText('The chat has ended')).toBeVisible();
  await expect(operator.getByText('This chat has ended.')).toBeVisible();
});

test('OC-12 OC-16: a chat is noted on, handed on, taken and taken over without a mouse', async ({
  world: { foyer, account },
  person,
  operatorAtWork,
  visitorOn,
}) => {
  const kira = await account.addColleague('Kira', 'normal');
  const target = await (await person({ storageState: kira.signedIn })).newPage();
  await target.goto(foyer.console);
  const operator = await operatorAtWork();
  const visitor = await visitorOn();
  await startChat(visitor, 'Who speaks to me?', { name: 'Vera' });
  await expect(target).toHaveTitle('(1) Foyer');
  await operator.keyboard.press('j');
  await operator.keyboard.press('Enter');
  await expect(thread(operator)).toContainText('Who speaks to me?');
  await operator.keyboard.press('a');
  await expect(operator.getByText('Your chat')).toBeVisible();
  await operator.keyboard.press('n');
  await expect(operator.getByRole('textbox', { name: 'Note' })).toBeFocused();
  await operator.keyboard.type('For Kira.');
  await operator.keyboard.press('Enter');
  await expect(thread(operator)).toContainText('For Kira.');
  await operator.getByRole('textbox', { name: 'Note' }).blur();
  await operator.keyboard.press('r');
  await expect(operator.getByRole('textbox', { name: 'Message' })).toBeFocused();
  await operator.keyboard.type('/t kir');
  await expect(operator.getByRole('option', { name: /Kira/ })).toBeVisible();
  await operator.keyboard.press('Tab');
  await expect(operator.getByRole('textbox', { name: 'Message' })).toHaveValue(`/t ${kira.handle}`);
  await operator.keyboard.press('Enter');
  await expect(operator.getByText('Offered to Kira')).toBeVisible();

  await expect(target).toHaveTitle('(1) Foyer');
  await target.keyboard.press('j');
  await target.keyboard.press('Enter');
  await expect(target.getByText('Ada Owner offers you this chat with Vera')).toBeVisible();
  await target.keyboard.press('a');
  await expect(target.getByText('Your chat')).toBeVisible();
  await target.keyboard.press('r');
  await target.keyboard.type('I do.');
  await target.keyboard.press('Enter');
  await expect(chat(visitor).getByRole('log')).toContainText('I do.');
  await expect(chat(visitor).getByText('For Kira.')).toHaveCount(0);

  // Taken over by who watches.
  await operator.keyboard.press('Escape');
  await tabTo(operator, operator.getByRole('button', { name: 'Take over' }));
  await operator.keyboard.press('Enter');
  const question = operator.getByRole('dialog', { name: 'Take over from Kira?' });
  await tabTo(operator, question.getByRole('button', { name: 'Take over' }));
  await operator.keyboard.press('Enter');
  await expect(operator.getByText('Your chat')).toBeVisible();
  await expect(target.getByText('Ada Owner has taken the chat with Vera')).toBeVisible();

  // A colleague, by keys alone.
  await target.keyboard.press('Escape');
  await target.keyboard.press('g');
  await target.keyboard.press('o');
  await expect(target.getByRole('heading', { name: 'Contacts' })).toBeVisible();
  const ada = target.getByRole('region', { name: 'Contacts' }).getByRole('link', { name: /Ada Owner/ });
  await tabTo(target, ada);
  await target.keyboard.press('Enter');
  await target.keyboard.press('r');
  await target.keyboard.type('Thanks for Vera.');
  await target.keyboard.press('Enter');
  await expect(operator.getByRole('link', { name: 'Contacts, 1 unread' })).toBeVisible();
});

test('VI-08: the visitor too needs no mouse', async ({ operatorAtWork, visitorOn }) => {
  await operatorAtWork();
  const visitor = await visitorOn({ body: '<p>Only chat can be focused here.</p>' });
  const launcher = visitor.locator('foyer-chat button');
  await expect(launcher).toBeVisible();
  await visitor.keyboard.press('Tab');
  await expect(launcher).toBeFocused();
  await visitor.keyboard.press('Enter');
  await expect(chat(visitor).getByLabel('Name')).toBeFocused();
  await visitor.keyboard.type('Vera');
  await visitor.keyboard.press('Tab');
  await visitor.keyboard.press('Tab');
  await visitor.keyboard.type('By keys alone');
  await visitor.keyboard.press('Tab');
  await visitor.keyboard.press('Enter');
  await expect(chat(visitor).getByRole('log')).toContainText('By keys alone');
  await expect(chat(visitor).getByRole('textbox', { name: 'Message' })).toBeFocused();
  await visitor.keyboard.type('And again');
  await visitor.keyboard.press('Enter');
  await expect(chat(visitor).getByRole('log')).toContainText('And again');
  await visitor.keyboard.press('Escape');
  await expect(launcher).toBeFocused();
});
