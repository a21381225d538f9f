import AxeBuilder from '@axe-core/playwright';
import { type BrowserContextOptions, devices, expect, type Page } from '@playwright/test';

const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const folder = new URL('../.results/screens/', import.meta.url).pathname;

export type Look = 'light' | 'dark' | 'phone';

/** How each look is made: on a phone with touch, and without moving parts everywhere. */
export const looks: Record<Look, BrowserContextOptions> = {
  light: { colorScheme: 'light', reducedMotion: 'reduce' },
  dark: { colorScheme: 'dark', reducedMotion: 'reduce' },
  phone: {
    userAgent: devices['Pixel 7'].userAgent,
    viewport: { width: 390, height: 844 },
    isMobile: true,
    hasTouch: true,
    reducedMotion: 'reduce',
  },
};

/**
 * The looks that every screen is examined in: dark on a desk and light on a phone see both palettes and both layouts.
 * `FOYER_LOOKS=all` takes the third one too.
 */
export const examined = (Object.keys(looks) as Look[]).filter(
  (look) => look !== 'light' || process.env['FOYER_LOOKS'] === 'all',
);

/** What axe finds on the page and in its frames, as `rule: element` lines. */
export async function faultsOf(page: Page, except: string[] = []): Promise<string[]> {
  const axe = new AxeBuilder({ page }).withTags(rules).disableRules(except);
  // Results of several frames are put together on a page of its own; for one frame that is half of the time.
  const { violations } = await axe.setLegacyMode(page.frames().length === 1).analyze();
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')}\n${failureSummary}`),
  );
}

/** Takes a picture of the screen for people to look at, and lets axe find no fault in it. Goes on after a fault. */
export async function examine(page: Page, screen: string, look: Look, except?: string[]): Promise<void> {
  await page.evaluate(() => document.fonts.ready);
  await page.screenshot({ path: `${folder}${screen}.${look}.png`, animations: 'disabled' });
  expect.soft(await faultsOf(page, except), `${screen}, ${look}`).toEqual([]);
  // A page that is wider than the screen has to be scrolled sideways.
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  expect.soft(overflow, `${screen}, ${look}: nothing sticks out`).toBeLessThanOrEqual(0);
}

const DESK = { width: 1440, height: 900 };
const PHONE = { width: 390, height: 844 };

/** Examines a screen as it stands in each look, where going there once more for each would only take time. */
export async function examineHere(page: Page, screen: string, except?: string[]): Promise<void> {
  for (const look of examined) {
    await page.emulateMedia({
      colorScheme: look === 'dark' ? 'dark' : 'light',
      reducedMotion: 'reduce',
    });
    await page.setViewportSize(look === 'phone' ? PHONE : DESK);
    await examine(page, screen, look, except);
  }
  await page.emulateMedia({ colorScheme: null, reducedMotion: null });
  await page.setViewportSize(DESK);
}
