import { createAccount } from './harness/account.ts';
import { startFoyer } from './harness/foyer.ts';
import { startHostSite } from './harness/host-site.ts';
import { chat, launcher, openChat, operatorSays, startChat, statusButton } from './harness/people.ts';
import { expectSameConversation } from './harness/screens.ts';
import { expect, test } from './harness/test.ts';
import config from './playwright.config.ts';

const normal = config.use?.launchOptions;

/**
 * Without partitioning, Debian's Chromium (which blocks third-party cookies) lets a cross-site frame have no storage at
 * all: even looking at `localStorage` throws.
 */
test.use({
  way: 'tls',
  ignoreHTTPSErrors: true,
  launchOptions: {
    ...normal,
    executablePath: '/usr/bin/chromium',
    args:
      normal?.args?.map((arg) => arg.replace('=Translate', '=Translate,ThirdPartyStoragePartitioning')) ?? [],
  },
});

const touchStorage = () => {
  try {
    return String(localStorage.length);
  } catch (error) {
    return (error as Error).name;
  }
};

test('VI-09: over https, with storage blocked, a partitioned cookie keeps the conversation', async ({
  world: { foyer },
  operatorAtWork,
  visitorOn,
}) => {
  const operator = await operatorAtWork();
  const visitor = await visitorOn();
  await startChat(visitor, 'I block everything.', { name: 'Vera' });
  expect(await chat(visitor).locator('body').evaluate(touchStorage)).toBe('SecurityError');
  await openChat(operator, 'Vera');
  await operatorSays(operator, 'You are still welcome.');
  const said = ['I block everything.', 'You are still welcome.'];
  await expectSameConversation({ foyer, visitor, operator }, said);
  const cookies = await visitor.context().cookies();
  const cookie = cookies.find(({ name }) => name.startsWith('__Host-foyer-visitor'));
  expect(cookie).toMatchObject({ httpOnly: true, secure: true, sameSite: 'None', path: '/' });
  expect((cookie as { partitionKey?: string }).partitionKey).toBe('https://shop.test');
  await visitor.reload();
  await launcher(visitor).click();
  await expectSameConversation({ foyer, visitor, operator }, said);
});

test('VI-09: over plain http, with storage blocked, the chat works while the page is open', async ({
  person,
}) => {
  const foyer = await startFoyer();
  const site = await startHostSite();
  try {
    const account = await createAccount(foyer);
    const operator = await (await person({ storageState: account.signedIn })).newPage();
    await operator.goto(foyer.console);
    await expect(statusButton(operator)).toHaveAccessibleName('Status: Online');
    const visitor = await (await person()).newPage();
    await visitor.goto(site.put('/', { head: account.snippet }));
    await expect(launcher(visitor)).toHaveAccessibleName('Open chat');
    await startChat(visitor, 'I block everything.', { name: 'Vera' });
    expect(await chat(visitor).locator('body').evaluate(touchStorage)).toBe('SecurityError');
    await openChat(operator, 'Vera');
    await operatorSays(operator, 'You are still welcome.');
    await expectSameConversation({ foyer, visitor, operator }, [
      'I block everything.',
      'You are still welcome.',
    ]);
    expect(await foyer.brokenInvariants()).toEqual([]);
  } finally {
    await site.stop();
    await foyer.stop();
  }
});
