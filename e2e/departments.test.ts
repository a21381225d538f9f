import type { Routing } from '#protocol/routing.ts';
import { examine } from './harness/examine.ts';
import { chat, launcher, openWidget, row, setStatus, visitorBox } from './harness/people.ts';
import { expect, test } from './harness/test.ts';

test('OP-07 OP-12 VI-04: a visitor chooses a department by keyboard, and sees every change at once', async ({
  operatorAtWork,
  visitorOn,
  world: { account },
}) => {
  const operator = await operatorAtWork();
  const visitor = await visitorOn();
  await openWidget(visitor);
  const select = chat(visitor).getByRole('combobox', { name: 'Department' });
  await expect(visitorBox(visitor)).toBeVisible();
  await expect(select).toBeHidden();

  const add = (name: string, operators: string[]) =>
    account.call<Routing>('POST', '/v1/departments', { name, operators });
  await add('Orders <b>&amp;', [account.operatorId]);
  const { departments } = await add('Help', []);
  const choices = () => select.locator('option').allTextContents();
  // Pushed to the open window: nothing here looks again.
  const now = { timeout: 5000 };
  await expect.poll(choices, now).toEqual(['Choose department', 'Help (nobody free)', 'Orders <b>&amp;']);
  const orders = departments.find(({ name }) => name !== 'Help');
  const change = { name: 'Orders', operators: [account.operatorId] };
  await account.call('PUT', `/v1/departments/${orders?.id}`, change);
  await expect.poll(choices, now).toEqual(['Choose department', 'Help (nobody free)', 'Orders']);

  await visitorBox(visitor).fill('Where is my parcel?');
  await chat(visitor).getByRole('button', { name: 'Start chat' }).click();
  await expect(select).toBeFocused();
  await expect(select).toHaveAccessibleDescription('Please fill this in.');
  await examine(visitor, 'choose-department', 'light');
  await select.press('O');
  await expect(select).toHaveValue(orders?.id ?? '');
  await visitorBox(visitor).press('ControlOrMeta+Enter');
  await expect(chat(visitor).getByRole('log')).toContainText('Where is my parcel?');
  await expect(row(operator, 'Where is my parcel?')).toBeVisible();

  await setStatus(operator, 'Away');
  await expect(launcher(visitor)).toBeVisible();
});

test('VI-13, OP-07: who chose a department where nobody is reads so, and when the business opens while it is closed', async ({
  operatorAtWork,
  visitorOn,
  world: { account },
}) => {
  await operatorAtWork();
  await account.call('POST', '/v1/departments', { name: 'Sales', operators: [account.operatorId] });
  await account.call('POST', '/v1/departments', { name: 'Support', operators: [] });
  const visitor = await visitorOn({}, { timezoneId: 'Asia/Tokyo' });
  await openWidget(visitor);
  const select = chat(visitor).getByRole('combobox', { name: 'Department' });
  await select.selectOption({ label: 'Support (nobody free)' });
  await visitorBox(visitor).fill('It is broken');
  await visitorBox(visitor).press('ControlOrMeta+Enter');
  const status = chat(visitor).getByRole('main').getByRole('status');
  const kept = 'Nobody is here right now. Your message is kept.';
  await expect(status).toHaveText(`${kept} Leave your e-mail and we will answer.`);
  const exceptions = [{ date: '2099-01-02', name: null, intervals: [{ from: '09:00', to: '10:00' }] }];
  const hours = { timeZone: 'UTC', week: [[], [], [], [], [], [], []], exceptions };
  await account.call('PATCH', '/v1/routing', { hours });
  const back = /We are back Friday,? 2 January.* 18:00\. Leave your e-mail/;
  await expect(status).toHaveText(back, { timeout: 5000 });
  await examine(visitor, 'queue-closed', 'light');
});

test('OP-14: while the business is closed an open window says when it opens, and takes a message', async ({
  operatorAtWork,
  visitorOn,
  world: { account },
}) => {
  await operatorAtWork();
  const visitor = await visitorOn({ root: 'lang="de"' }, { timezoneId: 'Asia/Tokyo' });
  await launcher(visitor).click();
  await expect(chat(visitor).getByRole('button', { name: 'Chat starten' })).toBeVisible();
  const exceptions = [{ date: '2099-01-02', name: null, intervals: [{ from: '09:00', to: '10:00' }] }];
  const hours = { timeZone: 'UTC', week: [[], [], [], [], [], [], []], exceptions };
  await account.call('PATCH', '/v1/routing', { hours });
  await expect(chat(visitor).getByText(/Wir sind wieder da: Freitag, 2\. Januar.* 18:00\./)).toBeVisible({
    timeout: 5000,
  });
  await expect(chat(visitor).getByRole('button', { name: 'Nachricht senden' })).toBeVisible();
});
