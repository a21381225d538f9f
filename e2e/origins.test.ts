import type { Frame, Page } from '@playwright/test';
import { chat, launcher, openChat, operatorSays, startChat, thread } from './harness/people.ts';
import { expect, test } from './harness/test.ts';
import { setTrap } from './harness/trap.ts';
import { leaksOf } from './harness/wiretap.ts';

type Ears = { heard: unknown[] };

/** Offers a port to a frame beside or below, as the loader does, and keeps what comes over it. */
const offerPort = (
  from: Frame | Page,
  target: 'parent.frames[0]' | 'frames[0]' | 'opened',
  more: object = {},
) =>
  from.evaluate(
    ([where, more]) => {
      const page = globalThis as unknown as Ears & { opened: Window };
      const window = { 'parent.frames[0]': parent.frames[0], 'frames[0]': frames[0], opened: page.opened }[
        where
      ];
      const channel = new MessageChannel();
      page.heard = [];
      channel.port1.onmessage = ({ data }) => page.heard.push(data);
      const offer = {
        foyer: 'port',
        page: { url: 'https://evil.test/', title: '' },
        language: 'en',
        ...more,
      };
      window?.postMessage(offer, '*', [channel.port2]);
    },
    [target, more] as const,
  );
const heardBy = (from: Frame | Page) => from.evaluate(() => (globalThis as unknown as Ears).heard);

for (const [who, host] of [
  ['a frame of a foreign origin', 'unregistered'],
  ['another window of the right origin', 'origin'],
] as const) {
  test(`C9: the chat takes no port from ${who}`, async ({ world: { foyer, account, site }, person }) => {
    const page = await (await person()).newPage();
    site.put('/neighbour', { head: '' });
    const frames = [`${foyer.chat}/frame/${account.key}`, `${site[host]}/neighbour`];
    const body = frames.map((src) => `<iframe src="${src}"></iframe>`).join('');
    await page.goto(site.put('/two-frames', { head: '', body }));
    const neighbour = page.frames().find((frame) => frame.url().endsWith('/neighbour'));
    if (!neighbour) throw new Error('the neighbour has not moved in');
    await offerPort(neighbour, 'parent.frames[0]');
    // The chat takes one port, the first that it believes: this one.
    await offerPort(page, 'frames[0]');
    await expect.poll(() => heardBy(page)).toContainEqual(expect.objectContaining({ type: 'state' }));
    expect(await heardBy(neighbour)).toEqual([]);
  });
}

test('C9: a chat that is in no frame takes no port from who opened it', async ({
  world: { foyer, account, site },
  person,
}) => {
  const context = await person();
  await context.addInitScript(() => {
    const arrived: unknown[] = [];
    Object.assign(globalThis, { arrived });
    addEventListener('message', ({ data }) => arrived.push(data));
  });
  const page = await context.newPage();
  await page.goto(site.put('/opener', { head: '' }));
  const opening = context.waitForEvent('page');
  await page.evaluate((address) => {
    Object.assign(globalThis, { opened: open(address) });
  }, `${foyer.chat}/frame/${account.key}`);
  const opened = await opening;
  await opened.waitForLoadState();
  await offerPort(page, 'opened');
  await expect
    .poll(() => opened.evaluate(() => (globalThis as unknown as { arrived: unknown[] }).arrived))
    .toContainEqual(expect.objectContaining({ foyer: 'port' }));
  // Whoever takes a port says at once what the launcher is to show.
  await opened.evaluate(() => new Promise((resolve) => setTimeout(resolve, 0)));
  expect(await heardBy(page)).toEqual([]);
});

test("C9: whose page it is is the browser's word, whatever the message says", async ({
  world: { foyer, account, site },
  person,
}) => {
  const page = await (await person()).newPage();
  const body = `<iframe src="${foyer.chat}/frame/${account.key}"></iframe>`;
  await page.goto(site.put('/liar', { head: '', body }));
  const asked = page.waitForRequest('**/v1/widget/*/state?*');
  await offerPort(page, 'frames[0]', { host: 'elsewhere.test', origin: 'https://elsewhere.test' });
  await expect.poll(() => heardBy(page)).not.toEqual([]);
  await page.frames()[1]?.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
  expect(new URL((await asked).url()).searchParams.get('host')).toBe('shop.test');
});

test('C9: a base address of the page leads neither frame nor port elsewhere', async ({
  world: { foyer, account, site },
  operatorAtWork,
  person,
}) => {
  await operatorAtWork();
  const context = await person();
  const heard = await setTrap(context, [site.origin, foyer.chat]);
  const page = await context.newPage();
  await page.goto(site.put('/based', { head: `<base href="//evil.test/">${account.snippet}` }));
  await expect(launcher(page)).toBeVisible();
  expect(page.frames()[1]?.url()).toBe(`${foyer.chat}/frame/${account.key}`);
  expect(heard()).toEqual([]);
});

test('C9: the loader gives its port to no document of another origin', async ({
  world: { account, site },
  operatorAtWork,
  person,
}) => {
  await operatorAtWork();
  const page = await (await person()).newPage();
  await page.goto(site.put('/led-astray', { head: account.snippet }));
  await expect(launcher(page)).toBeVisible();
  const [, frame] = page.frames();
  if (!frame) throw new Error('the chat has no frame');
  const ears = '<script>window.heard=[];addEventListener("message",e=>heard.push(e.data))</script>';
  site.put('/ears', { head: ears });
  const refused = page.waitForEvent('console', (line) => line.text().includes('target origin'));
  await frame.goto(`${site.unregistered}/ears`);
  await refused;
  expect(await heardBy(frame)).toEqual([]);
  // The ears do hear what is said to everybody.
  await frame.evaluate(() => postMessage('hello', '*'));
  await expect.poll(() => heardBy(frame)).toEqual(['hello']);
});

test("C9: a visitor's token is in no address, no referrer and no line of the log", async ({
  world: { foyer },
  operatorAtWork,
  visitorOn,
  wiretap,
}) => {
  const operator = await operatorAtWork();
  const visitor = await visitorOn();
  await startChat(visitor, 'See https://shop.test/', { name: 'Vera' });
  await openChat(operator, 'Vera');
  await operatorSays(operator, 'I see.');
  await expect(chat(visitor).getByRole('log')).toContainText('I see.');
  await visitor.reload();
  await launcher(visitor).click();
  await expect(chat(visitor).getByRole('log')).toContainText('I see.');
  await expect(thread(operator)).toBeVisible();
  expect(wiretap.tokens.size).toBeGreaterThan(1);
  expect(leaksOf(wiretap, foyer.log())).toEqual([]);
  // The search finds what is there.
  const [token = ''] = wiretap.tokens;
  expect(leaksOf(wiretap, [`"path":"/v1/realtime?token=${token}"`])).toHaveLength(1);
  await chat(visitor)
    .locator('body')
    .evaluate((_, query) => fetch(`/v1/openapi.json?${query}`), token);
  expect(leaksOf(wiretap, [])).toHaveLength(1);
  wiretap.overheard.length = 0;
});

test('F3: no page of the console can be framed', async ({ world: { foyer, account, site }, person }) => {
  const page = await (await person({ storageState: account.signedIn })).newPage();
  for (const path of ['/', '/settings/operators', '/sign-in']) {
    const refused = page.waitForEvent('console', (line) => line.text().includes('frame-ancestors'));
    const body = `<iframe src="${foyer.console}${path}"></iframe>`;
    await page.goto(site.put('/clickjack', { head: '', body }));
    await refused;
    expect(await page.frames()[1]?.locator('#root').count(), path).toBe(0);
  }
});

test('A12: after signing in nobody is led to another site', async ({ world: { foyer, account }, person }) => {
  const context = await person({ storageState: account.signedIn });
  const heard = await setTrap(context, [foyer.console]);
  const page = await context.newPage();
  // The form is the way there; the password is not what is tried here.
  const me = await account.call('GET', '/v1/session');
  await page.route('**/v1/session', (route) => route.fulfill({ json: me }));
  for (const wanted of [
    '//evil.test/',
    '/\\evil.test',
    '/\t/evil.test',
    'https:evil.test',
    'https://evil.test',
    '\r\n//evil.test',
    '/%2f%2fevil.test',
    '/x/..//evil.test',
    'javascript:__pwned()',
    'data:text/html,x',
  ]) {
    await page.goto(`${foyer.console}/sign-in?from=${encodeURIComponent(wanted)}`);
    await page.getByLabel('E-mail').fill('ada@shop.test');
    await page.getByRole('textbox', { name: 'Password' }).fill('x');
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await expect(page.getByRole('heading', { name: 'Sign in to Foyer' })).toBeHidden();
    expect(new URL(page.url()).origin, wanted).toBe(foyer.console);
  }
  expect(heard()).toEqual([]);
  // Where somebody really wanted to go they are led.
  await page.goto(`${foyer.console}/sign-in?from=%2Fsettings%2Fsounds`);
  await page.getByLabel('E-mail').fill('ada@shop.test');
  await page.getByRole('textbox', { name: 'Password' }).fill('x');
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'Sounds and notices' })).toBeVisible();
});
