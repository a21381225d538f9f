import type { Operators } from '#protocol/operators.ts';
import { chat, launcher, openWidget, row, startChat, visitorBox } from './harness/people.ts';
import { expect, test } from './harness/test.ts';

test.describe('OP-12: what is set for the chatbox is in force on open pages', () => {
  test('in an open window at once, and nothing that the visitor has written is lost', async ({
    operatorAtWork,
    visitorOn,
    world: { account },
  }) => {
    await operatorAtWork();
    const visitor = await visitorOn();
    await openWidget(visitor);
    const window = chat(visitor);
    const email = window.getByLabel('E-mail');
    await visitorBox(visitor).fill('Where is my parcel?');
    await email.fill('vera@');
    await account.changeBox({
      colour: '#123456',
      side: 'left',
      title: 'Parcel desk',
      greeting: 'We find it.',
      nameField: 'hidden',
      emailField: 'hidden',
    });
    // Pushed to the open window: nothing here looks again.
    const now = { timeout: 5000 };
    await expect(window.getByRole('heading', { level: 1 })).toHaveText('Parcel desk', now);
    await expect(window.getByText('We find it.')).toBeVisible();
    await expect(window.getByLabel('Name')).toBeHidden();
    await expect(email).toBeHidden();
    await expect(launcher(visitor)).toHaveCSS('background-color', 'rgb(18, 52, 86)');
    await expect(launcher(visitor)).toHaveCSS('left', '24px');
    await expect(window.locator('header')).toHaveCSS('background-color', 'rgb(18, 52, 86)');

    await account.changeBox({ emailField: 'required' });
    await expect(email).toHaveValue('vera@', now);
    await email.fill('');
    await window.getByRole('button', { name: 'Start chat' }).click();
    await expect(email).toBeFocused();
    await expect(visitorBox(visitor)).toHaveValue('Where is my parcel?');
  });

  test('and with its next question where the window is closed', async ({
    operatorAtWork,
    visitorOn,
    world: { account, site },
  }) => {
    await operatorAtWork();
    const visitor = await visitorOn();
    await visitor.clock.install();
    await visitor.goto(site.put('/left-open', { head: account.snippet }));
    await expect(launcher(visitor)).toHaveCSS('right', '24px');
    await account.changeBox({ colour: '#abcdef', side: 'left', offsetX: 40, offsetY: 60, autoOpenAfter: 5 });
    await visitor.clock.fastForward(25_000);
    await expect(launcher(visitor)).toHaveCSS('background-color', 'rgb(171, 205, 239)');
    await expect(launcher(visitor)).toHaveCSS('left', '40px');
    await expect(launcher(visitor)).toHaveCSS('bottom', '60px');
    await visitor.clock.fastForward(5000);
    await expect(chat(visitor).getByRole('heading', { level: 1 })).toBeVisible();
  });
});

test('OC-18: who has a chat is listed by the name of now', async ({
  operatorAtWork,
  person,
  visitorOn,
  world: { foyer, account },
}) => {
  const { signedIn } = await account.addColleague('Annika', 'normal');
  const annika = await (await person({ storageState: signedIn })).newPage();
  await annika.goto(foyer.console);
  const ada = await operatorAtWork();
  await startChat(await visitorOn(), 'I am Vera', { name: 'Vera' });
  await row(annika, 'Vera').getByRole('button', { name: 'Accept Vera' }).click();
  await expect(annika.getByText('Your chat')).toBeVisible();
  await ada.goto(`${foyer.console}/?list=all`);
  await expect(row(ada, 'Vera')).toContainText('Annika');
  const { operators } = await account.call<Operators>('GET', '/v1/operators');
  const { id } = operators.find(({ name }) => name === 'Annika') ?? {};
  await account.call('PATCH', `/v1/operators/${id}`, { name: 'Annette' });
  await expect(row(ada, 'Vera')).toContainText('Annette');
});
