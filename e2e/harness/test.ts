import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  expect,
  type Page,
  test as base,
} from '@playwright/test';
import { type Account, createAccount } from './account.ts';
import { type Foyer, type FoyerOptions, startFoyer } from './foyer.ts';
import { type HostPage, type HostSite, startHostSite } from './host-site.ts';
import { statusButton } from './people.ts';
import { leaksOf, newWiretap, tap, type Wiretap } from './wiretap.ts';

/** A running Foyer with one account, and a web site that uses it. */
export type World = { foyer: Foyer; account: Account; site: HostSite };

type Worker = { way: NonNullable<FoyerOptions['way']>; world: World };

type Fixtures = {
  /** Everything that the browsers of the test have said; it fails if a visitor's token can be overheard (C9). */
  wiretap: Wiretap;
  /** A new browser of somebody; closed after the test, which fails if a page in it had an uncaught error. */
  person: (options?: BrowserContextOptions) => Promise<BrowserContext>;
  /** A browser with the owner's console in front, online. */
  operatorAtWork: (options?: BrowserContextOptions) => Promise<Page>;
  /** A browser that stands on a page of the web site with the widget code in its head. */
  visitorOn: (page?: Partial<HostPage>, options?: BrowserContextOptions) => Promise<Page>;
  clean: void;
};

let pages = 0;

export const test = base.extend<Fixtures, Worker>({
  way: ['direct', { scope: 'worker', option: true }],
  world: [
    async ({ way }, use) => {
      const foyer = await startFoyer({ way });
      const site = await startHostSite({ secure: way === 'tls' });
      try {
        await use({ foyer, site, account: await createAccount(foyer) });
      } finally {
        await site.stop();
        await foyer.stop();
      }
    },
    { scope: 'worker', timeout: 90_000 },
  ],
  // oxlint-disable-next-line no-empty-pattern -- Playwright reads the names of what a fixture needs
  async wiretap({}, use) {
    await use(newWiretap());
  },
  async person({ browser, wiretap }, use) {
    const { open, end } = browsersOf(browser);
    await use(async (options) => {
      const context = await open(options);
      tap(context, wiretap);
      return context;
    });
    await end();
  },
  async operatorAtWork({ person, world: { foyer, account } }, use) {
    await use(async (options) => {
      const context = await person({ storageState: account.signedIn, ...options });
      const page = await context.newPage();
      await account.setStatus('online');
      await page.goto(foyer.console);
      await expect(statusButton(page)).toHaveAccessibleName('Status: Online');
      return page;
    });
  },
  async visitorOn({ person, world: { site, account } }, use) {
    await use(async (given, options) => {
      const page = await (await person(options)).newPage();
      pages += 1;
      await page.goto(site.put(`/page-${pages}`, { head: account.snippet, ...given }));
      return page;
    });
  },
  clean: [
    async ({ world: { foyer, account }, wiretap }, use) => {
      const before = foyer.failures().length;
      await use();
      expect(leaksOf(wiretap, foyer.log()), 'tokens that can be overheard').toEqual([]);
      expect(foyer.failures().slice(before), 'errors in the log of the server').toEqual([]);
      // What an operator had who is gone is brought back a moment later.
      await expect.poll(() => foyer.brokenInvariants(), 'broken invariants').toEqual([]);
      await account.beAsNew();
    },
    { auto: true },
  ],
});

export { expect } from '@playwright/test';

/** Makes browsers, and ends them; throws when a page of one of them had an uncaught error. */
export function browsersOf(browser: Browser) {
  const contexts: BrowserContext[] = [];
  const errors: string[] = [];
  return {
    async open(options: BrowserContextOptions = {}): Promise<BrowserContext> {
      const context = await browser.newContext(options);
      context.on('weberror', (error) => errors.push(String(error.error().stack)));
      contexts.push(context);
      return context;
    },
    async end(): Promise<void> {
      await Promise.all(contexts.map((context) => context.close()));
      expect(errors, 'uncaught errors in pages').toEqual([]);
    },
  };
}
