import { randomBytes, randomUUID } from 'node:crypto';
import type { Page } from '@playwright/test';
import type { Operators } from '#protocol/operators.ts';
import { polyglots } from '../server/test/polyglots.ts';
import { inParallel } from '../server/test/samples.ts';
import { type Account, createAccount } from './harness/account.ts';
import { fieldsOf } from './harness/fields.ts';
import { type Foyer, startFoyer } from './harness/foyer.ts';
import { beHostile, type Shown } from './harness/hostile-visitor.ts';
import { bodies, commands, places } from './harness/places.ts';
import { chat, openChat, openWidget, startChat, statusButton } from './harness/people.ts';
import { expectSameConversation, openChatId } from './harness/screens.ts';
import { expect, test } from './harness/test.ts';
import { setTrap } from './harness/trap.ts';

/** Every screen of the console: the paths of its router. */
const screens = [
  '/',
  '/setup',
  '/sign-in',
  '/forgot-password',
  '/reset-password',
  '/verify-email',
  '/visitors',
  '/contacts',
  '/widget-code',
  '/test-chat',
  '/settings',
  '/settings/account',
  '/settings/chatbox',
  '/settings/operators',
  '/settings/departments',
  '/settings/url-routing',
  '/settings/languages',
  '/settings/destinations',
  '/settings/business-hours',
  '/settings/queue',
  '/settings/simulator',
  '/settings/offline-messages',
  '/settings/email',
  '/settings/profile',
  '/settings/companies',
  '/settings/security',
  '/settings/appearance',
  '/settings/sounds',
];

/** Short enough for every title: an attribute and an element that end, a template, an address. */
const strongest = ['"><img src=x', '{{7', 'javascript:'].map(
  (part) => polyglots.findLast((one) => one.includes(part) && one.length < 50) ?? part,
);

type Router = {
  routesByPath: Record<string, unknown>;
  navigate: (to: { to: string; search: object }) => Promise<void>;
};

/** Opens one chat after the other; gives the texts that were not to be read where they belong. */
function missingOf(page: Page, shown: Shown[]): Promise<string[]> {
  return page.evaluate(async (chats) => {
    const { __TSR_ROUTER__: router } = globalThis as unknown as { __TSR_ROUTER__: Router };
    const faults: string[] = [];
    const read = () => {
      const titles = [...document.querySelectorAll<HTMLElement>('[title]')].map(({ title }) => title);
      return [document.body.textContent, ...titles].join('\n');
    };
    for (const { id, texts } of chats) {
      await router.navigate({ to: '/', search: { list: 'mine', chat: id } });
      const until = performance.now() + 20_000;
      let missing = texts;
      // The same text stands beside the thread too, which may be drawn before it.
      const drawn = () =>
        [...document.querySelectorAll('[role=log] [data-index]')].some((line) =>
          texts.some((text) => line.textContent?.includes(text)),
        );
      while ((missing.length > 0 || !drawn()) && performance.now() < until) {
        await new Promise(requestAnimationFrame);
        const now = read();
        missing = missing.filter((text) => !now.includes(text));
      }
      faults.push(...missing, ...(drawn() ? [] : [`no thread of ${texts[0]}`]));
      if (faults.length > 5) break;
    }
    return faults;
  }, shown);
}

/** All that can be read on a page: text, tips, and what stands in fields. */
const readAll = (): string =>
  [
    document.body.textContent,
    ...[...document.querySelectorAll<HTMLElement>('[title]')].map(({ title }) => title),
    ...[...document.querySelectorAll<HTMLInputElement>('input, textarea')].map(({ value }) => value),
  ].join('\n');

const routesOf = (page: Page): Promise<string[]> =>
  page.evaluate(() =>
    Object.keys((globalThis as unknown as { __TSR_ROUTER__: Router }).__TSR_ROUTER__.routesByPath),
  );

/** As a link in the console does, without loading everything again. */
const goTo = (page: Page, to: string): Promise<void> =>
  page.evaluate(
    (path) =>
      (globalThis as unknown as { __TSR_ROUTER__: Router }).__TSR_ROUTER__.navigate({ to: path, search: {} }),
    to,
  );

const someAddress = (): string => [10, ...randomBytes(3)].join('.');

/** Puts the payload in everything that an administrator can call somehow; gives what is then to be read where. */
async function fillSettings(account: Account, payload: string): Promise<Record<string, string[]>> {
  const [company, title, greeting, name] = ['company', 'title', 'greeting', 'name'].map(
    (what) => `${what} ${payload}`,
  ) as [string, string, string, string];
  await account.call('PATCH', '/v1/account', { title: company });
  await account.changeBox({ title, greeting });
  await account.addColleague(name, 'normal');
  const department = `dept ${payload}`;
  await account.call('POST', '/v1/departments', { name: department, operators: [account.operatorId] });
  return {
    '/settings/account': [company],
    '/settings/departments': [department],
    '/settings/chatbox': [title, greeting],
    '/settings/operators': [name],
  };
}

/** A note in this conversation and a message to a colleague with each payload; gives who the colleague is. */
async function sayInside(account: Account, conversationId: string): Promise<string> {
  await account.addColleague('Colleague', 'normal');
  const { operators } = await account.call<Operators>('GET', '/v1/operators');
  const operatorId = operators.find(({ name }) => name === 'Colleague')?.id ?? '';
  for (const text of strongest) {
    const frames = [
      { type: 'note.post', ref: randomUUID(), conversationId, text },
      { type: 'colleague.write', ref: randomUUID(), operatorId, text },
    ];
    await account.call('POST', '/v1/realtime/send', { operatorId: account.operatorId, frames });
  }
  return operatorId;
}

/** Every message once by the visitor with this token and once by the operator whose console `page` is. */
async function sayAll(page: Page, { chat: origin }: Foyer, token: string, texts: string[]): Promise<void> {
  const conversationId = openChatId(page);
  for (let from = 0; from < texts.length; from += 20) {
    const frames = texts
      .slice(from, from + 20)
      .map((text) => ({ type: 'message.post', ref: randomUUID(), conversationId, text }));
    const answer = await fetch(`http://127.0.0.1:${new URL(origin).port}/v1/realtime/send`, {
      method: 'POST',
      headers: { origin, 'content-type': 'application/json' },
      body: JSON.stringify({ token, frames }),
    });
    expect(await answer.text()).not.toContain('refused');
    const refused = await page.evaluate(
      async (frames) => {
        const me = (await (await fetch('/v1/session')).json()) as { memberships: { operatorId: string }[] };
        const answer = await fetch('/v1/realtime/send', {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ operatorId: me.memberships[0]?.operatorId, frames }),
        });
        return (await answer.text()).includes('refused');
      },
      frames.map((frame) => ({ ...frame, ref: randomUUID() })),
    );
    expect(refused).toBe(false);
  }
}

test('A1: every text that somebody can send has its place in the sweep', async ({ world: { foyer } }) => {
  const routes: string[] = [];
  for (const base of [foyer.direct, `http://127.0.0.1:${new URL(foyer.chat).port}`]) {
    const { paths } = (await (await fetch(`${base}/v1/openapi.json`)).json()) as {
      paths: Record<string, Record<string, { requestBody?: unknown }>>;
    };
    for (const [path, methods] of Object.entries(paths))
      for (const [method, { requestBody }] of Object.entries(methods))
        if (requestBody) routes.push(`${method.toUpperCase()} ${path}`);
  }
  expect(Object.keys(bodies).toSorted()).toEqual([...new Set(routes)].toSorted());
  const found = Object.entries({ ...commands, ...bodies }).flatMap(([name, schema]) =>
    fieldsOf(name, schema, polyglots).map((field) => field.name),
  );
  expect(Object.keys(places).toSorted()).toEqual(found.toSorted());
});

test('A1 A3: what visitors and colleagues write is text on every screen of the console', async ({
  person,
}) => {
  test.setTimeout(300_000);
  const foyer = await startFoyer();
  try {
    const account = await createAccount(foyer);
    const [row] = await foyer.query<{ secret: string }>('select identity_secret as secret from accounts');
    const known = { key: account.key, secret: row?.secret ?? '' };
    const shown: Shown[] = [];
    await inParallel([...polyglots.entries()], async ([number, payload]) => {
      shown.push(...(await beHostile(foyer, known, payload, polyglots.at(number - 1) ?? '', number)));
    });
    const context = await person({ storageState: account.signedIn });
    const heard = await setTrap(context, [foyer.console, foyer.chat]);
    // So many looks in a row are too often for one address.
    await context.route('**/v1/visitors/*', (route) =>
      route.continue({ headers: { ...route.request().headers(), 'x-forwarded-for': someAddress() } }),
    );
    const page = await context.newPage();
    await page.goto(`${foyer.console}/?list=mine`);
    const opened = shown.filter(({ id }) => id !== null);
    expect(await missingOf(page, opened)).toEqual([]);
    expect(heard()).toEqual([]);

    // The list of all of them, the search, and the question before a chat is ended.
    await page.goto(`${foyer.console}/?list=all&chat=${opened[0]?.id}`);
    await expect(page.getByRole('region', { name: 'Chats' }).getByRole('listitem')).toHaveCount(shown.length);
    const rows = await page.evaluate(readAll);
    expect(
      shown.flatMap(({ texts, id }) => (id === null ? texts : [])).filter((text) => !rows.includes(text)),
    ).toEqual([]);
    await page.keyboard.press('Control+k');
    await page.getByPlaceholder('Search chats and actions').fill('script');
    await expect(
      page
        .getByRole('dialog')
        .getByText(/<script>/)
        .first(),
    ).toBeVisible();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Accept', exact: true }).click();
    await page.getByRole('button', { name: 'End chat' }).click();
    await expect(page.getByRole('dialog')).toBeVisible();
    await page.keyboard.press('Escape');
    expect(heard()).toEqual([]);

    // What operators say to each other, beside a visitor and among themselves.
    const colleagueId = await sayInside(account, opened[0]?.id ?? '');
    for (const path of [`/?list=all&chat=${opened[0]?.id}`, `/contacts?with=${colleagueId}`]) {
      await page.goto(`${foyer.console}${path}`);
      for (const text of strongest) await expect.poll(() => page.evaluate(readAll), path).toContain(text);
    }
    expect(heard()).toEqual([]);

    expect((await routesOf(page)).toSorted()).toEqual(screens.toSorted());
    for (const payload of strongest) {
      const texts = await fillSettings(account, payload);
      // Every screen once, and those that show these texts for each of them.
      for (const path of screens.filter((each) => payload === strongest[0] || texts[each])) {
        // What was changed past the console is read anew by a page that is loaded.
        if (texts[path]) await page.goto(`${foyer.console}${path}`);
        else await goTo(page, path);
        await expect(page.locator('h1').first()).toBeAttached();
        await expect(page.locator('[aria-busy=true]')).toHaveCount(0);
        for (const text of texts[path] ?? [])
          await expect.poll(() => page.evaluate(readAll), path).toContain(text);
      }
    }
    expect(heard()).toEqual([]);

    // The trap hears what a screen would do that takes text for markup, and what a script would do that runs.
    await page.evaluate(() => {
      const image = document.createElement('img');
      image.src = 'http://evil.test/pixel.gif';
      try {
        document.body.innerHTML = '<b>markup</b>';
      } catch {
        alert('a script');
      }
    });
    await expect
      .poll(() => heard().join())
      .toMatch(/img-src.*require-trusted-types-for|require-trusted-types-for.*img-src/s);
    expect(heard().join()).toContain('alert ran in');
    expect(await foyer.brokenInvariants()).toEqual([]);
  } finally {
    await foyer.stop();
  }
});

test('A1 A3: what visitors and operators write is text in the widget', async ({
  world: { foyer, site, account },
  person,
}) => {
  test.setTimeout(180_000);
  const [called = '', ...titles] = strongest;
  const colleague = await account.addColleague(called, 'administrator');
  const operator = await (await person({ storageState: colleague.signedIn })).newPage();
  await operator.goto(foyer.console);
  await expect(statusButton(operator)).toHaveAccessibleName('Status: Online');
  const context = await person();
  const heard = await setTrap(context, [site.origin, foyer.chat]);
  const visitor = await context.newPage();
  const answered = visitor.waitForResponse('**/v1/visitor/session');
  await visitor.goto(site.put('/hostile-talk', { head: account.snippet }));
  await startChat(visitor, called, { name: called });
  const { access } = (await (await answered).json()) as { access: string };
  await openChat(operator, called);
  await operator.getByRole('button', { name: 'Accept', exact: true }).click();
  await expect(chat(visitor).getByText(`${called} joined the chat`)).toBeVisible();
  const texts = polyglots.filter((payload) => payload.trim() !== '');
  await sayAll(operator, foyer, access, texts);
  await expectSameConversation({ foyer, visitor, operator, timeout: 60_000 }, [called, ...texts, ...texts]);
  expect(heard()).toEqual([]);

  for (const payload of titles) {
    await account.changeBox({ title: `title ${payload}`, greeting: `greeting ${payload}` });
    const page = await (await person()).newPage();
    const alsoHeard = await setTrap(page.context(), [site.origin, foyer.chat]);
    await page.goto(site.put('/hostile-box', { head: account.snippet }));
    // A box is kept for a few seconds between a change and the page.
    await expect(async () => {
      await page.reload();
      await openWidget(page);
      await expect(chat(page).getByRole('heading', { name: `title ${payload}` })).toBeVisible({
        timeout: 1000,
      });
    }).toPass();
    await expect(chat(page).getByText(`greeting ${payload}`)).toBeVisible();
    expect(await page.locator('foyer-chat iframe').getAttribute('title')).toBe(`title ${payload}`);
    expect(alsoHeard()).toEqual([]);
  }

  // The trap hears in the frame of the chat too.
  await chat(visitor)
    .locator('body')
    .evaluate((body) => {
      try {
        body.innerHTML = '<b>markup</b>';
      } catch {
        alert('refused');
      }
    });
  await expect.poll(() => heard().join()).toMatch(/require-trusted-types-for/);
});
