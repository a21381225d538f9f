import type { Page } from '@playwright/test';
import type { MailContent } from '../server/features/mail/content.ts';
import { renderHtml } from '../server/features/mail/render-mail.ts';
import { polyglots } from '../server/test/polyglots.ts';
import { smtpSink, type SmtpSink } from '../server/test/smtp-sink.ts';
import { createAccount } from './harness/account.ts';
import { examine, examined, looks } from './harness/examine.ts';
import { startFoyer, type Foyer } from './harness/foyer.ts';
import { owner, signIn } from './harness/people.ts';
import { expect, test } from './harness/test.ts';
import { setTrap } from './harness/trap.ts';

const NEW = 'a password that I remember';

let sink: SmtpSink;
let foyer: Foyer;
test.beforeAll(async () => {
  sink = await smtpSink();
  foyer = await startFoyer({
    env: { FOYER_SMTP_URL: sink.url, FOYER_MAIL_FROM: 'Foyer <chat@foyer.example>' },
  });
});
test.afterEach(async () => {
  expect(await foyer.brokenInvariants()).toEqual([]);
});
test.afterAll(async () => {
  await foyer.stop();
  await sink[Symbol.asyncDispose]();
});

/** The link to this page in the newest mail that has one. */
async function linkTo(path: string): Promise<string> {
  const found = () =>
    sink.received
      .map(({ raw }) => raw.replaceAll('=\r\n', '').replaceAll('=3D', '='))
      .findLast((raw) => raw.includes(path))
      ?.match(new RegExp(`http\\S+${path}#[\\w.-]+`))?.[0];
  await expect.poll(found, { timeout: 20_000 }).toBeTruthy();
  return found() ?? '';
}

test('AC-01, C5: who has forgotten the password gets a link, chooses a new one and is signed out elsewhere', async ({
  person,
}) => {
  const account = await createAccount(foyer);
  const elsewhere = await (await person({ storageState: account.signedIn })).newPage();
  await elsewhere.goto(`${foyer.console}/settings/security`);
  await expect(elsewhere.getByText('Not confirmed yet')).toBeVisible();

  const page = await (await person()).newPage();
  await page.goto(foyer.console);
  await page.getByRole('link', { name: 'Forgot password?' }).click();
  await page.getByRole('button', { name: 'Send the link' }).click();
  await expect(page.getByText('Enter your e-mail address.')).toBeVisible();
  for (const email of ['nobody@shop.test', owner.email]) {
    await page.goto(`${foyer.console}/forgot-password`);
    await page.getByLabel('E-mail').fill(email);
    await page.keyboard.press('Enter');
    await expect(page.getByRole('heading', { name: 'Look into your e-mail' })).toBeVisible();
  }
  await page.goto(await linkTo('/reset-password'));
  await page.getByRole('textbox', { name: 'New password' }).fill('short');
  await page.keyboard.press('Enter');
  await expect(page.getByText('Use at least 10 characters.')).toBeVisible();
  await page.getByRole('textbox', { name: 'New password' }).fill(NEW);
  await page.keyboard.press('Enter');
  await expect(page.getByText('Your password is changed, and you are signed in.')).toBeVisible();
  await expect(elsewhere.getByRole('heading', { name: 'Sign in to Foyer' })).toBeVisible();
  await signIn(elsewhere, { email: owner.email, password: NEW });
  await expect(elsewhere.getByText('Confirmed', { exact: true })).toBeVisible();

  const again = await (await person()).newPage();
  await again.goto(await linkTo('/reset-password'));
  await again.getByRole('textbox', { name: 'New password' }).fill(NEW);
  await again.keyboard.press('Enter');
  await expect(again.getByText('This link is not valid (any more).')).toBeVisible();
  expect(sink.received.flatMap(({ to }) => to)).not.toContain('nobody@shop.test');

  await test.step('the panel shows what was written, and tries again', () => panel(page));
});

async function panel(page: Page): Promise<void> {
  await page.goto(`${foyer.console}/settings/email`);
  await expect(page.getByText('Foyer writes as chat@foyer.example.')).toBeVisible();
  sink.trouble = () => ({ at: 'recipient', code: 550, text: 'No such mailbox' });
  await page.getByRole('button', { name: 'Send a test mail to me' }).click();
  const first = page.getByRole('row').filter({ hasText: 'Test e-mail from Foyer' });
  await expect(async () => {
    await page.reload();
    await expect(first.getByText('Failed')).toBeVisible({ timeout: 500 });
  }).toPass();
  await expect(first.getByText('No such mailbox')).toBeVisible();
  for (const [look, width] of [
    ['light', 1440],
    ['phone', 390],
  ] as const) {
    await page.setViewportSize({ width, height: 844 });
    await examine(page, 'settings-email-failed', look);
  }
  sink.trouble = undefined;
  await first.getByRole('button', { name: /Try again/ }).press('Enter');
  await expect(async () => {
    await page.reload();
    await expect(first.getByText('Sent')).toBeVisible({ timeout: 500 });
  }).toPass();
}

/** As long and as hostile as names and texts can be. */
function worst(): string {
  const word = 'W'.repeat(120);
  const content: MailContent = {
    brand: word,
    title: word,
    blocks: [
      { kind: 'text', text: `${word} asks you.` },
      ...[...polyglots, word, 'שלום, האם יש לכם נעליים?'].map((text) => ({ kind: 'quote' as const, text })),
      { kind: 'facts', facts: [['Page', `https://shop.example.com/${word}`]] },
      { kind: 'link', label: 'Open the conversation', path: '/' },
    ],
    why: word,
  };
  return renderHtml(content, ({ path }) => `https://foyer.example${path}#${word}`);
}

for (const look of examined)
  test(`A8: the longest and worst of mails fits, is read well and does nothing, ${look}`, async ({
    person,
  }) => {
    const context = await person(looks[look]);
    const heard = await setTrap(context, []);
    const page = await context.newPage();
    if (look !== 'phone') await page.setViewportSize({ width: 600, height: 800 });
    await page.setContent(worst());
    // A mail is a part of a page.
    await examine(page, 'e-mail', look, ['landmark-one-main', 'region']);
    expect(heard()).toEqual([]);
  });
