import type { Page } from '@playwright/test';
import { SignJWT } from 'jose';
import {
  chat,
  launcher,
  openChat,
  operatorSays,
  row,
  startChat,
  thread,
  visitorBox,
} from './harness/people.ts';
import { expect, test } from './harness/test.ts';

type Host = { Foyer: (...call: unknown[]) => void; heard: [string, unknown][] };

/** What the documentation tells customers to put before the widget code, and a listener for every event. */
const queue = `<script>
  window.Foyer = window.Foyer || function () { (Foyer.q = Foyer.q || []).push(arguments); };
  window.heard = [];
  for (const name of ['ready', 'state', 'open', 'close', 'start', 'message', 'unread'])
    Foyer('on', name, (detail) => heard.push([name, detail]));
</script>`;

const say = (page: Page, ...call: unknown[]) =>
  page.evaluate((call) => (globalThis as unknown as Host).Foyer(...call), call);
const heard = (page: Page, name: string) =>
  page.evaluate(
    (name) =>
      (globalThis as unknown as Host).heard
        .filter(([event]) => event === name)
        .map(([, detail]) => detail ?? null),
    name,
  );

test('VI-12: open and close, and an event for everything that happens', async ({
  world: { account },
  operatorAtWork,
  visitorOn,
}) => {
  const operator = await operatorAtWork();
  const visitor = await visitorOn({ head: queue + account.snippet });
  await expect.poll(() => heard(visitor, 'ready')).toEqual([null]);
  await expect.poll(() => heard(visitor, 'state')).toEqual(['online']);
  await say(visitor, 'open');
  await expect(chat(visitor).getByRole('heading', { level: 1 })).toBeVisible();
  expect(await heard(visitor, 'open')).toHaveLength(1);
  await chat(visitor).getByLabel('Name').fill('Vera');
  await visitorBox(visitor).fill('By the API');
  await chat(visitor).getByRole('button', { name: 'Start chat' }).click();
  await expect.poll(() => heard(visitor, 'start')).toHaveLength(1);
  await openChat(operator, 'Vera');
  await say(visitor, 'close');
  await expect(visitor.locator('foyer-chat iframe')).toBeHidden();
  expect(await heard(visitor, 'close')).toHaveLength(1);
  await operatorSays(operator, 'I hear you.');
  await expect.poll(() => heard(visitor, 'message')).toEqual([{ from: 'visitor' }, { from: 'operator' }]);
  await expect.poll(async () => (await heard(visitor, 'unread')).at(-1)).toBe(1);
  await expect(launcher(visitor)).toHaveAccessibleName('Open chat (1)');
});

test('VI-12: calls made before the code has loaded, a signed identity, and attributes for the operator', async ({
  world: { foyer, account },
  operatorAtWork,
  visitorOn,
}) => {
  const [secret] = await foyer.query<{ identity_secret: string }>('select identity_secret from accounts');
  const identity = await new SignJWT({ name: 'Vera Verified', email: 'vera@customer.test' })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject('customer-4711')
    .setExpirationTime('5m')
    .sign(new TextEncoder().encode(secret?.identity_secret));
  const operator = await operatorAtWork();
  const calls = `<script>Foyer('identify', ${JSON.stringify(identity)});
    Foyer('attributes', { plan: 'Gold', seats: 12, note: '<i>not markup</i>' }); Foyer('open')</script>`;
  const visitor = await visitorOn({ head: queue + calls + account.snippet });
  await visitorBox(visitor).fill('Who am I?');
  await chat(visitor).getByRole('button', { name: 'Start chat' }).click();
  await openChat(operator, 'Vera Verified');
  const panel = operator.getByRole('complementary', { name: 'About the visitor' });
  await expect(panel.getByText('Verified', { exact: true })).toBeVisible();
  await expect(panel).toContainText('vera@customer.test');
  await expect(panel).toContainText('customer-4711');
  for (const [name, value] of [
    ['plan', 'Gold'],
    ['seats', '12'],
    ['note', '<i>not markup</i>'],
  ] as const) {
    await expect(panel.getByRole('term').filter({ hasText: name })).toBeVisible();
    await expect(panel.getByRole('definition').filter({ hasText: value })).toBeVisible();
  }
});

test('C11 VI-12: an identity that somebody else has signed is refused, and chat goes on without it', async ({
  world: { account },
  operatorAtWork,
  visitorOn,
}) => {
  const forged = await new SignJWT({ name: 'Somebody Else' })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject('customer-4711')
    .setExpirationTime('5m')
    .sign(new TextEncoder().encode('a secret that is not the secret of the account'));
  const operator = await operatorAtWork();
  const visitor = await visitorOn({ head: queue + account.snippet });
  const warned = visitor.waitForEvent('console', (line) =>
    line.text().includes('The identity was not accepted'),
  );
  await say(visitor, 'identify', forged);
  await startChat(visitor, 'I am me.', { name: 'Vera' });
  await warned;
  await openChat(operator, 'Vera');
  await expect(thread(operator)).toContainText('I am me.');
  await expect(operator.getByText('Verified', { exact: true })).toBeHidden();
});

test('VI-12: identify(null) logs out: the next person on this computer sees nothing of the last', async ({
  world: { account },
  operatorAtWork,
  visitorOn,
}) => {
  const operator = await operatorAtWork();
  const visitor = await visitorOn({ head: queue + account.snippet });
  await startChat(visitor, 'My secret is 42.', { name: 'Vera' });
  await expect(row(operator, 'Vera')).toBeVisible();
  await say(visitor, 'identify', null);
  await expect(chat(visitor).getByRole('button', { name: 'Start chat' })).toBeVisible();
  await expect(chat(visitor).locator('body')).not.toContainText('My secret');
  await visitor.reload();
  await launcher(visitor).click();
  await expect(chat(visitor).getByRole('button', { name: 'Start chat' })).toBeVisible();
});

test('C9: the host page cannot get at the tokens of the visitor', async ({
  world: { account, site },
  operatorAtWork,
  person,
}) => {
  await operatorAtWork();
  const visitor = await (await person()).newPage();
  // A hostile script of the host page, there before the widget: it hears every message that comes to the page.
  await visitor.addInitScript(() => {
    if (self !== top) return;
    const heard: string[] = [];
    Object.assign(globalThis, { overheard: heard });
    addEventListener('message', (event) => heard.push(JSON.stringify(event.data)));
    const Original = MessageChannel;
    globalThis.MessageChannel = class extends Original {
      constructor() {
        super();
        this.port1.addEventListener('message', (event) => heard.push(JSON.stringify(event.data)));
      }
    };
  });
  await visitor.goto(site.put('/hostile', { head: account.snippet }));
  const answered = visitor.waitForResponse((response) => response.url().endsWith('/v1/visitor/session'));
  await startChat(visitor, 'Can they hear my token?', { name: 'Vera' });
  const { access, refresh } = (await (await answered).json()) as { access: string; refresh: string };
  expect(access.length).toBeGreaterThan(20);
  const reachable = await visitor.evaluate(() => {
    const frame = document.querySelector('foyer-chat')?.shadowRoot?.querySelector('iframe');
    const attempts = [
      () => frame?.contentDocument?.documentElement.textContent,
      () => frame?.contentWindow?.localStorage,
      () => frame?.contentWindow?.document.cookie,
    ].map((attempt) => {
      try {
        return attempt() ?? null;
      } catch {
        return null;
      }
    });
    const overheard = (globalThis as unknown as { overheard: string[] }).overheard;
    const own = [
      document.cookie,
      JSON.stringify(localStorage),
      JSON.stringify(sessionStorage),
      location.href,
    ];
    return {
      attempts,
      overheard,
      own,
      frames: window.length,
      addresses: performance.getEntries().map(({ name }) => name),
    };
  });
  expect(reachable.attempts).toEqual([null, null, null]);
  expect(reachable.frames).toBe(0);
  // The eavesdropper works: it has heard what is not secret.
  expect(reachable.overheard.join()).toContain('"type":"state"');
  for (const token of [access, refresh]) expect(JSON.stringify(reachable)).not.toContain(token);
});
