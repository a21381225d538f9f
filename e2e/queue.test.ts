import type { Locator, Page } from '@playwright/test';
import type { Routing } from '#protocol/routing.ts';
import { examine, looks } from './harness/examine.ts';
import { chat, openChat, openWidget, operatorSays, owner, startChat, visitorBox } from './harness/people.ts';
import { expect, test } from './harness/test.ts';

const main = (page: Page): Locator => chat(page).getByRole('main');
const status = (page: Page): Locator => main(page).getByRole('status');
const field = (page: Page): Locator => main(page).getByRole('textbox', { name: 'E-mail' });
/** The next look of the server at what waits. */
const soon = { timeout: 15_000 };

/** Both colours of a window, and a phone. */
async function examineAll(desktop: Page, phone: Page, screen: string): Promise<void> {
  for (const look of ['light', 'dark'] as const) {
    await desktop.emulateMedia({ colorScheme: look });
    await examine(desktop, screen, look);
  }
  await examine(phone, screen, 'phone');
}

test('VI-13, OP-14: who waits sees the place, moves up, hears that nobody is there; what is missed is not lost', async ({
  operatorAtWork,
  visitorOn,
  world: { account, foyer },
}) => {
  await account.call<Routing>('PATCH', '/v1/routing', { capacity: 1, missedAfter: 600 });
  const operator = await operatorAtWork();
  const first = await visitorOn();
  await startChat(first, 'I am the first');
  await expect(status(first)).toHaveText('Thanks. Somebody will be with you shortly.');
  await openChat(operator, 'I am the first');
  await operatorSays(operator, 'Hello');
  const second = await visitorOn({}, looks.light);
  await startChat(second, 'I am the second');
  const [third, fourth] = [await visitorOn({}, looks.light), await visitorOn({}, looks.phone)];
  await startChat(third, 'I am the third');
  await expect(status(third)).toHaveText('You are number 2 in the queue.');
  await startChat(fourth, 'I am the fourth');
  await expect(status(fourth)).toHaveText('You are number 3 in the queue.');
  await expect(operator.getByRole('link', { name: 'Waiting 3' })).toBeVisible();
  await expect(operator, 'who is at the limit is not rung').toHaveTitle('Foyer');
  await examineAll(third, fourth, 'queue');

  await chat(second).getByRole('button', { name: 'More' }).click();
  await chat(second).getByRole('button', { name: 'End chat' }).click();
  await main(second).getByRole('group').getByRole('button', { name: 'End chat' }).click();
  const missed = 'Nobody could answer in time. Your messages were passed on.';
  await expect(status(second)).toHaveText(`${missed} Leave your e-mail and we will answer.`);
  await expect(status(third)).toHaveText('You are next. Somebody will be with you shortly.');
  await expect(status(fourth)).toHaveText('You are number 2 in the queue.');

  await operator.getByRole('button', { name: 'End chat' }).click();
  await operator.getByRole('dialog').getByRole('button', { name: 'End chat' }).click();
  await expect(operator, 'and with room again is').toHaveTitle('(2) Foyer');
  await account.call<Routing>('PATCH', '/v1/routing', { distribution: 'round-robin' });
  await expect(operator, 'for one at a time').toHaveTitle('(1) Foyer');

  await account.setStatus('offline');
  await expect(status(third)).toHaveText(
    'Nobody is here right now. Your message is kept. Leave your e-mail and we will answer.',
  );
  await expect(field(fourth)).toBeVisible();
  await examineAll(third, fourth, 'queue-nobody');
  await field(fourth).fill('fourth@example.com');
  await field(fourth).press('Enter');
  await expect(status(fourth)).toContainText('We will answer to fourth@example.com.');
  await account.setStatus('online');
  await expect(status(third)).toHaveText('You are next. Somebody will be with you shortly.');

  await visitorBox(third).fill('Half a sentence');
  await foyer.query(
    "update conversations set waiting_since = now() - interval '601 s' where state = 'waiting'",
  );
  await expect(status(third)).toHaveText(`${missed} Leave your e-mail and we will answer.`, soon);
  await expect(field(third)).toBeFocused();
  await expect(status(fourth)).toHaveText(`${missed} We will answer to fourth@example.com.`);
  await field(third).fill('not an address');
  await field(third).press('Enter');
  await expect(field(third)).toHaveAccessibleDescription('Please enter a complete e-mail address.');
  await examineAll(third, fourth, 'queue-missed');
  await third.reload();
  await openWidget(third);
  await expect(chat(third).getByRole('log')).toContainText('I am the third');
  await third.context().setOffline(true);
  await field(third).fill('third@example.com');
  await field(third).press('Enter');
  await expect(status(third)).toHaveText(`${missed} We will answer to third@example.com.`);
  await third.context().setOffline(false);
  const left = "select visitor_email from conversations where channel = 'offline' and state = 'waiting'";
  await expect
    .poll(async () => JSON.stringify(await foyer.query(`${left} order by 1`)))
    .toBe(
      '[{"visitor_email":"fourth@example.com"},{"visitor_email":"third@example.com"},{"visitor_email":null}]',
    );
  await main(third).getByRole('button', { name: 'Start a new chat' }).click();
  await expect(visitorBox(third)).toHaveValue('Half a sentence');
  await chat(third).getByRole('button', { name: 'Start chat' }).click();
  await expect(chat(third).getByRole('log')).toHaveText(/Half a sentence/);
  await expect(chat(third).getByRole('log')).not.toContainText('I am the third');
});

test('OP-14, OC-12: who loses the operator is told, waits again, and sees who takes over', async ({
  operatorAtWork,
  person,
  visitorOn,
  world: { account, foyer },
}) => {
  const ada = await operatorAtWork();
  const { name, signedIn } = await account.addColleague('Anna Vos', 'normal');
  const anna = await (await person({ storageState: signedIn })).newPage();
  await anna.goto(foyer.console);
  const visitor = await visitorOn({ root: 'lang="ar"' }, looks.phone);
  await openWidget(visitor);
  const box = chat(visitor).locator('textarea');
  await box.fill('Hello');
  await box.press('ControlOrMeta+Enter');
  await openChat(anna, 'Hello');
  await operatorSays(anna, 'One moment');
  const log = chat(visitor).getByRole('log');
  await expect(log).toContainText(`انضم ${name} إلى المحادثة`);
  const [found] = await foyer.query<{ id: string }>(
    'select operator_id as id from operators where name = $1',
    [name],
  );
  await account.call('DELETE', `/v1/operators/${found?.id}`);
  await expect(log).toContainText(`لم يعد ${name} هنا. أنت في الانتظار من جديد.`, soon);
  await openChat(ada, 'One moment');
  await operatorSays(ada, 'I am here');
  await expect(log).toContainText(`تولى ${owner.name} المحادثة`);
  await examine(visitor, 'taken-over-rtl', 'phone');
});
