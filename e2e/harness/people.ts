import { expect, type FrameLocator, type Locator, type Page } from '@playwright/test';

export const owner = {
  name: 'Ada Owner',
  email: 'ada@shop.test',
  password: 'correct horse battery',
} as const;
export const company = { title: 'Garden Shop', name: 'garden-shop', domain: 'shop.test' } as const;

/** Opens the one-time link, answers its questions, and ends on the widget code. */
export async function setUp(page: Page, link: string): Promise<void> {
  await page.goto(link);
  await page.getByLabel('Your name').fill(owner.name);
  await page.getByLabel('E-mail').fill(owner.email);
  await page.getByRole('textbox', { name: 'Password' }).fill(owner.password);
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByLabel('Company name').fill(company.title);
  await page.getByLabel('Web site').fill(`https://${company.domain}/garden`);
  await page.getByRole('button', { name: 'Finish and get the widget code' }).click();
  await expect(page.getByRole('heading', { name: 'Widget code', level: 1 })).toBeVisible();
}

export async function signIn(page: Page, person: { email: string; password: string }): Promise<void> {
  await page.getByLabel('E-mail').fill(person.email);
  await page.getByRole('textbox', { name: 'Password' }).fill(person.password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}

// ---- visitor -----------------------------------------------------------------------------------------------

export const launcher = (page: Page): Locator => page.locator('foyer-chat button');
/** What is inside the chat window. */
export const chat = (page: Page): FrameLocator => page.frameLocator('foyer-chat iframe');
export const visitorBox = (page: Page): Locator => chat(page).getByRole('textbox', { name: 'Message' });

/** Presses the launcher and waits for the window. */
export async function openWidget(page: Page): Promise<void> {
  await launcher(page).click();
  await expect(chat(page).getByRole('heading', { level: 1 })).toBeVisible();
}

/** Fills in the welcome screen. */
export async function startChat(
  page: Page,
  text: string,
  person: { name?: string; email?: string } = {},
): Promise<void> {
  await openWidget(page);
  if (person.name) await chat(page).getByLabel('Name').fill(person.name);
  if (person.email) await chat(page).getByLabel('E-mail').fill(person.email);
  await visitorBox(page).fill(text);
  await chat(page).getByRole('button', { name: 'Start chat' }).click();
  await expect(chat(page).getByRole('log')).toContainText(text);
}

export async function visitorSays(page: Page, text: string): Promise<void> {
  await visitorBox(page).fill(text);
  await visitorBox(page).press('Enter');
  await expect(visitorBox(page)).toHaveValue('');
}

// ---- operator ----------------------------------------------------------------------------------------------

export const thread = (page: Page): Locator => page.getByRole('log', { name: 'Messages' });
export const operatorBox = (page: Page): Locator =>
  page.getByRole('form', { name: 'Answer' }).getByRole('textbox', { name: 'Message' });
export const row = (page: Page, name: string): Locator =>
  page.getByRole('region', { name: 'Chats' }).getByRole('listitem').filter({ hasText: name });

export const statusButton = (page: Page): Locator => page.getByRole('button', { name: /^Status: / });

/** Chooses the own status in the rail's menu. */
export async function setStatus(page: Page, status: 'Online' | 'Away' | 'Offline'): Promise<void> {
  await statusButton(page).click();
  await page.getByRole('menu').getByText(status, { exact: true }).click();
  await expect(statusButton(page)).toHaveAccessibleName(`Status: ${status}`);
}

export async function openChat(page: Page, name: string): Promise<void> {
  await row(page, name).getByRole('link').click();
  await expect(thread(page)).toBeVisible();
}

export async function operatorSays(page: Page, text: string): Promise<void> {
  await operatorBox(page).fill(text);
  await operatorBox(page).press('Enter');
  await expect(operatorBox(page)).toHaveValue('');
}
