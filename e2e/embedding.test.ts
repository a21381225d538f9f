import type { Page } from '@playwright/test';
import {
  chat,
  launcher,
  openChat,
  openWidget,
  operatorSays,
  startChat,
  thread,
  visitorSays,
} from './harness/people.ts';
import { expectSameConversation } from './harness/screens.ts';
import { expect, test } from './harness/test.ts';

type Watched = { violations: string[] };

/** Collects what the browser's content security policy refuses, in the page and in every frame. */
async function watchViolations(page: Page): Promise<() => Promise<string[]>> {
  await page.addInitScript(() => {
    const watched = globalThis as unknown as Watched;
    watched.violations = [];
    document.addEventListener('securitypolicyviolation', (event) => {
      watched.violations.push(`${event.effectiveDirective}: ${event.blockedURI} ${event.sample}`);
    });
  });
  return async () => {
    const found = page
      .frames()
      .map((frame) => frame.evaluate(() => (globalThis as unknown as Watched).violations));
    return (await Promise.all(found)).flat();
  };
}

test('VI-01: under a strict policy with Trusted Types, isolated by COEP and COOP, nothing is violated', async ({
  world: { foyer, account, site },
  operatorAtWork,
  person,
}) => {
  const operator = await operatorAtWork();
  const visitor = await (await person()).newPage();
  const violations = await watchViolations(visitor);
  const policy = [
    "default-src 'none'",
    "script-src 'nonce-r4nd0m' 'strict-dynamic'",
    "style-src 'self'",
    `frame-src ${foyer.chat}`,
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ');
  const page = site.put('/strict', {
    head: account.snippet.replace('<script ', '<script nonce="r4nd0m" crossorigin '),
    headers: {
      'content-security-policy': policy,
      'cross-origin-embedder-policy': 'require-corp',
      'cross-origin-opener-policy': 'same-origin',
    },
  });
  await visitor.goto(page);
  await startChat(visitor, 'Is this safe?', { name: 'Vera' });
  await openChat(operator, 'Vera');
  await operatorSays(operator, 'Very.');
  await expectSameConversation({ foyer, visitor, operator }, ['Is this safe?', 'Very.']);
  await chat(visitor).getByRole('button', { name: 'Close chat' }).click();
  await expect(launcher(visitor)).toHaveAccessibleName('Open chat');
  expect(await violations()).toEqual([]);
  // The check itself sees a violation.
  await visitor.evaluate(() =>
    document.body.append(Object.assign(document.createElement('img'), { src: '/x.png' })),
  );
  await expect.poll(violations).toHaveLength(1);
});

test('VI-01: the code runs before there is a body, and a second copy adds nothing', async ({
  world,
  operatorAtWork,
  visitorOn,
}) => {
  await operatorAtWork();
  // Without `async` the script runs where it stands, while the page is still being read.
  const now = world.account.snippet.replace(' async', '');
  const visitor = await visitorOn({
    head: `<script>document.addEventListener('readystatechange',()=>{window.early??=[!!window.Foyer,!!document.body]},{once:true})</script>${now}<script>window.before={foyer:!!window.Foyer,body:!!document.body}</script>${now}`,
    body: `<h1>Shop</h1>${world.account.snippet}`,
  });
  expect(await visitor.evaluate('window.before')).toEqual({ foyer: true, body: false });
  await openWidget(visitor);
  await expect(visitor.locator('foyer-chat')).toHaveCount(1);
  await expect(visitor.locator('foyer-chat iframe')).toHaveCount(1);
});

test('VI-01 VI-09: chat survives pushState, a replaced body, and being taken out of the page', async ({
  world: { foyer },
  operatorAtWork,
  visitorOn,
}) => {
  const operator = await operatorAtWork();
  const visitor = await visitorOn();
  await startChat(visitor, 'First page', { name: 'Vera' });
  await openChat(operator, 'Vera');
  await operatorSays(operator, 'Welcome.');
  const inFrame = chat(visitor).locator('body');
  await inFrame.evaluate((body) => (body.dataset['mark'] = 'the same document'));
  await visitor.evaluate(() => {
    history.pushState({}, '', '/roses');
    document.title = 'Roses';
    const body = document.createElement('body');
    body.append('A new page of a single-page application');
    document.documentElement.replaceChild(body, document.body);
  });
  await expect(inFrame).toHaveAttribute('data-mark', 'the same document');
  await visitorSays(visitor, 'Second page');
  await expect(thread(operator).getByRole('link', { name: 'Roses' })).toBeVisible();
  const said = ['First page', 'Welcome.', 'Second page'];
  await expectSameConversation({ foyer, visitor, operator }, said);
  await visitor.locator('foyer-chat').evaluate((element) => element.remove());
  await expect(visitor.locator('foyer-chat')).toHaveCount(1);
  await expect(chat(visitor).getByRole('log')).toContainText('Second page');
  await expectSameConversation({ foyer, visitor, operator }, said);
});

test('VI-09: on the next page the launcher counts what was said meanwhile', async ({
  world: { foyer, site, account },
  operatorAtWork,
  visitorOn,
}) => {
  const operator = await operatorAtWork();
  const visitor = await visitorOn();
  await startChat(visitor, 'I look around.', { name: 'Vera' });
  await openChat(operator, 'Vera');
  await operatorSays(operator, 'Take your time.');
  await expect(chat(visitor).getByText('Take your time.')).toBeVisible();
  await visitor.keyboard.press('Escape');
  await expect(launcher(visitor)).toBeFocused();
  await visitor.goto(site.put('/next', { head: account.snippet }));
  await operatorSays(operator, 'The tulips are at the back.');
  await expect(launcher(visitor)).toHaveAccessibleName('Open chat (1)');
  await expect(thread(operator).locator('[data-fate=delivered]').first()).toBeVisible();
  await launcher(visitor).click();
  await expectSameConversation({ foyer, visitor, operator }, [
    'I look around.',
    'Take your time.',
    'The tulips are at the back.',
  ]);
  await expect(thread(operator).locator('[data-fate=delivered]')).toHaveCount(0);
});

test('VI-01: styles of a hostile page do not reach launcher and window', async ({
  world,
  operatorAtWork,
  visitorOn,
}) => {
  await operatorAtWork();
  const hostile = `<style>html>*:not(head,body),iframe,button,foyer-chat{display:none!important;visibility:hidden!important;
    opacity:0!important;position:static!important;transform:scale(0)!important;width:1px!important;height:1px!important;
    font-size:90px!important;pointer-events:none!important} html{direction:rtl;line-height:9;letter-spacing:2em}</style>`;
  const visitor = await visitorOn({ head: hostile + world.account.snippet });
  await expect(launcher(visitor)).toBeVisible();
  const button = await launcher(visitor).boundingBox();
  expect(button).toMatchObject({ width: 56, height: 56, x: 1440 - 24 - 56, y: 900 - 24 - 56 });
  await openWidget(visitor);
  expect(await visitor.locator('foyer-chat iframe').boundingBox()).toMatchObject({ width: 380, height: 600 });
});

test('F3 VI-06: nothing is shown on a site that is not registered', async ({
  world: { account, site },
  operatorAtWork,
  person,
}) => {
  await operatorAtWork();
  const visitor = await (await person()).newPage();
  const refused = visitor.waitForEvent('console', (line) => line.text().includes('frame-ancestors'));
  site.put('/copied', { head: account.snippet });
  await visitor.goto(`${site.unregistered}/copied`);
  await refused;
  await visitor.evaluate(() => (globalThis as unknown as { Foyer: (command: string) => void }).Foyer('open'));
  await expect(visitor.locator('foyer-chat')).toBeAttached();
  await expect(launcher(visitor)).toBeHidden();
  await expect(visitor.locator('foyer-chat iframe')).toBeHidden();
  // The same page under its registered name.
  await visitor.goto(`${site.origin}/copied`);
  await expect(launcher(visitor)).toBeVisible();
});

test('VI-07: a right-to-left page in Arabic gets a right-to-left chat in Arabic', async ({
  operatorAtWork,
  visitorOn,
}) => {
  await operatorAtWork();
  const visitor = await visitorOn({ root: 'lang="ar" dir="rtl"' });
  await expect(launcher(visitor)).toHaveAccessibleName('فتح المحادثة');
  await openWidget(visitor);
  await expect(chat(visitor).locator('html')).toHaveAttribute('dir', 'rtl');
});

test('VI-08: on a phone the window fills the screen, and fields are large enough not to be zoomed', async ({
  operatorAtWork,
  visitorOn,
}) => {
  await operatorAtWork();
  const viewport = { width: 390, height: 844 };
  const visitor = await visitorOn({}, { viewport, isMobile: true, hasTouch: true });
  await openWidget(visitor);
  await expect(launcher(visitor)).toBeHidden();
  expect(await visitor.locator('foyer-chat iframe').boundingBox()).toEqual({ x: 0, y: 0, ...viewport });
  const size = await chat(visitor)
    .getByRole('textbox', { name: 'Message' })
    .evaluate((field) => parseFloat(getComputedStyle(field).fontSize));
  expect(size).toBeGreaterThanOrEqual(16);
});
