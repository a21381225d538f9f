import { PAGES_LIMIT, VISITS_LIMIT, type Invitation, type SiteVisit } from '#protocol/visitors.ts';
import type { Page } from '#protocol/entries.ts';

/** A page without a request is left, and what was left is forgotten, after so many ms. */
const LEFT_MS = 6000;
const FORGET_MS = 30_000;
/** What another process tells is repeated every 25 s. */
const REMOTE_MS = 60_000;
/** An office behind one address; a flood stays a drop. */
const MOST_PER_ADDRESS = 50;
const LONGEST_URL = 500;
const LONGEST_TITLE = 100;

/** What a page says of itself, and what its request shows. `who` and `address` are hashes. */
export type Seen = {
  tab: string;
  page: Page;
  referrer: string | null;
  language: string | null;
  seconds: number;
  refuses: boolean;
  browser: string | null;
  who: string;
  address: string;
  visitor: SiteVisit['visitor'];
  conversation: SiteVisit['conversation'];
};

export type Remembered = {
  visit: SiteVisit;
  who: string;
  address: string;
  /** Address of the present page, whole but for its fragment: the next page names it as its referrer. */
  url: string;
  /** The process that hears the page. */
  owner: string;
  /** Monotonic ms of the last sign of it. */
  seenAt: number;
  /** Left, and remembered only so that the next page continues it. */
  left: boolean;
  /** The invitation that waits for an answer. */
  offer: Invitation | null;
  /** Requests of its pages that wait here. */
  waiting: number;
};

/** What processes tell each other of a visit. */
export type Told = Pick<Remembered, 'visit' | 'who' | 'url' | 'owner' | 'offer'>;

type Tab = { remembered: Remembered; heardAt: number; wake: (() => void) | undefined };

type Settings = {
  /** This process. */
  owner: string;
  /** Whether one more may be remembered in this process. */
  mayGrow: () => boolean;
  /** A visit is new, is back, or has changed; `beat`: only its owner is alive. */
  changed: (remembered: Remembered, beat: boolean) => void;
  left: (remembered: Remembered) => void;
  forgotten: (remembered: Remembered) => void;
};

/** The visits of one watched account, in memory only and bounded. */
export class SiteVisits {
  readonly #settings: Settings;
  readonly #visits = new Map<string, Remembered>();
  readonly #tabs = new Map<string, Tab>();
  readonly #byWho = new Map<string, Set<Remembered>>();
  readonly #byVisitor = new Map<string, Remembered>();
  readonly #perAddress = new Map<string, number>();

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  get size(): number {
    return this.#visits.size;
  }

  get(id: string): Remembered | undefined {
    const found = this.#visits.get(id);
    return found?.left ? undefined : found;
  }

  /** Ids of who is there, newest first. */
  ids(): string[] {
    return [...this.#visits.values()]
      .filter(({ left }) => !left)
      .map(({ visit }) => visit.id)
      .toReversed();
  }

  /** Those that this process hears. */
  of(owner: string): Remembered[] {
    return [...this.#visits.values()].filter((one) => one.owner === owner && !one.left);
  }

  hasOffers(): boolean {
    return [...this.#visits.values()].some(({ offer }) => offer !== null);
  }

  /** Whether it is known already that this page is this visitor's. */
  knows(tab: string, visitorId: string): boolean {
    return this.#tabs.get(tab)?.remembered.visit.visitor?.id === visitorId;
  }

  ofVisitor(visitorId: string): Remembered | undefined {
    return this.#byVisitor.get(visitorId);
  }

  /** A page is open (again). undefined: no more are remembered. */
  open(seen: Seen, now: number = performance.now()): Remembered | undefined {
    const known =
      this.#tabs.get(seen.tab)?.remembered ??
      this.#visits.get(seen.tab) ??
      (seen.visitor ? this.#byVisitor.get(seen.visitor.id) : undefined) ??
      this.#pageBefore(seen);
    if (!known && !this.#mayAdd(seen.address)) return undefined;
    const before = known?.left === false ? JSON.stringify(known.visit) : '';
    const remembered = known ?? this.#add(seen);
    const tab = this.#tabs.get(seen.tab);
    tab?.wake?.();
    this.#tabs.set(seen.tab, { remembered, heardAt: now, wake: undefined });
    remembered.owner = this.#settings.owner;
    remembered.seenAt = now;
    remembered.left = false;
    this.#learn(remembered, seen);
    this.#settings.changed(remembered, before === JSON.stringify(remembered.visit));
    return remembered;
  }

  /** Resolves when there is something to tell the page, when it is gone, or after `ms`. */
  async waiting(tabId: string, ms: number, signal: AbortSignal): Promise<void> {
    const tab = this.#tabs.get(tabId);
    if (!tab || signal.aborted) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, ms).unref();
    signal.addEventListener('abort', () => resolve(), { once: true });
    const { remembered } = tab;
    tab.wake = resolve;
    remembered.waiting += 1;
    await promise;
    clearTimeout(timer);
    remembered.waiting -= 1;
    if (tab.wake === resolve) tab.wake = undefined;
    tab.heardAt = remembered.seenAt = performance.now();
  }

  /** Answers every request that waits; of one visit, or of all. */
  wake(remembered?: Remembered): void {
    for (const tab of this.#tabs.values())
      if (remembered === undefined || tab.remembered === remembered) tab.wake?.();
  }

  /** Another process has seen this. */
  merge(told: Told): void {
    const { visit } = told;
    const mine = this.#visits.get(visit.id);
    if (mine && mine.waiting > 0) return;
    if (!mine && this.#visits.size >= VISITS_LIMIT) return;
    const remembered = mine ?? this.#put({ ...told, address: '', seenAt: 0, left: false, waiting: 0 });
    const before = mine && !mine.left ? JSON.stringify(mine.visit) : '';
    // Who hears the conversations of the account knows better than who has read them once.
    const heard = mine?.visit.visitor?.id === visit.visitor?.id ? mine?.visit.conversation : undefined;
    Object.assign(remembered, told, { seenAt: performance.now(), left: false });
    remembered.visit = { ...visit, conversation: heard ?? visit.conversation };
    if (visit.visitor) this.#byVisitor.set(visit.visitor.id, remembered);
    if (before !== JSON.stringify(remembered.visit)) this.#settings.changed(remembered, false);
  }

  /** Another process has seen them leave. */
  mergeLeft(ids: readonly string[], owner: string): void {
    for (const id of ids) {
      const remembered = this.#visits.get(id);
      if (remembered?.owner === owner && !remembered.left) this.#leave(remembered);
    }
  }

  /** Changes what is shown of a visit. */
  change(remembered: Remembered, news: Partial<SiteVisit>): void {
    remembered.visit = { ...remembered.visit, ...news };
    this.#settings.changed(remembered, false);
  }

  /** Lets go of who has left. */
  tick(now: number = performance.now()): void {
    for (const [id, { wake, heardAt }] of this.#tabs)
      if (!wake && now - heardAt > LEFT_MS) this.#tabs.delete(id);
    const heard = new Set([...this.#tabs.values()].map(({ remembered }) => remembered));
    for (const remembered of this.#visits.values()) {
      if (heard.has(remembered)) continue;
      const silent = now - remembered.seenAt;
      const mine = remembered.owner === this.#settings.owner;
      if (!remembered.left && silent > (mine ? LEFT_MS : REMOTE_MS)) this.#leave(remembered);
      if (remembered.left && silent > FORGET_MS) this.#forget(remembered);
    }
  }

  #mayAdd(address: string): boolean {
    if ((this.#perAddress.get(address) ?? 0) >= MOST_PER_ADDRESS) return false;
    return this.#visits.size < VISITS_LIMIT && this.#settings.mayGrow();
  }

  /** The same browser at the same address, which has come from a page that was just left. */
  #pageBefore({ who, referrer }: Seen): Remembered | undefined {
    if (referrer === null) return undefined;
    const url = withoutFragment(referrer);
    return [...(this.#byWho.get(who) ?? [])].find((one) => one.url === url && one.waiting === 0);
  }

  #add({ tab, who, address, page, referrer, language, browser, seconds }: Seen): Remembered {
    const since = new Date(Date.now() - seconds * 1000).toISOString();
    const visit: SiteVisit = {
      id: tab,
      visitor: null,
      conversation: null,
      pages: [],
      visited: 0,
      referrer: referrer === null ? null : referrer.slice(0, LONGEST_URL),
      browser,
      language,
      since,
      invitation: null,
    };
    this.#perAddress.set(address, (this.#perAddress.get(address) ?? 0) + 1);
    const { owner } = this.#settings;
    const url = withoutFragment(page.url);
    return this.#put({ visit, who, address, url, owner, seenAt: 0, left: true, offer: null, waiting: 0 });
  }

  #put(remembered: Remembered): Remembered {
    const { visit, who } = remembered;
    this.#visits.set(visit.id, remembered);
    const alike = this.#byWho.get(who) ?? new Set();
    this.#byWho.set(who, alike.add(remembered));
    return remembered;
  }

  #learn(remembered: Remembered, { page, seconds, visitor, conversation, refuses }: Seen): void {
    const visit = { ...remembered.visit };
    remembered.visit = visit;
    const url = shortUrl(page.url);
    const title = page.title.slice(0, LONGEST_TITLE);
    const last = visit.pages.at(-1);
    if (last?.url !== url) {
      const at = new Date(Date.now() - seconds * 1000).toISOString();
      visit.pages = [...visit.pages, { url, title, at }].slice(-PAGES_LIMIT);
      visit.visited += 1;
    } else if (last.title !== title) visit.pages = [...visit.pages.slice(0, -1), { ...last, title }];
    remembered.url = withoutFragment(page.url);
    if (visitor) {
      visit.visitor = visitor;
      visit.conversation = conversation;
      this.#byVisitor.set(visitor.id, remembered);
    }
    // Whoever invited is known only to who was there.
    const operator = visit.invitation?.operator ?? { id: NOBODY, name: '' };
    if (refuses && visit.invitation?.state !== 'dismissed')
      visit.invitation = { operator, state: 'dismissed' };
  }

  #leave(remembered: Remembered): void {
    remembered.left = true;
    this.#settings.left(remembered);
  }

  #forget(remembered: Remembered): void {
    const { visit, who, address } = remembered;
    this.#visits.delete(visit.id);
    const alike = this.#byWho.get(who);
    alike?.delete(remembered);
    if (alike?.size === 0) this.#byWho.delete(who);
    if (visit.visitor && this.#byVisitor.get(visit.visitor.id) === remembered)
      this.#byVisitor.delete(visit.visitor.id);
    const left = (this.#perAddress.get(address) ?? 1) - 1;
    if (left > 0) this.#perAddress.set(address, left);
    else this.#perAddress.delete(address);
    this.#settings.forgotten(remembered);
  }
}

const NOBODY = '00000000-0000-0000-0000-000000000000';

const withoutFragment = (url: string): string => url.split('#')[0] ?? '';

function shortUrl(url: string): string {
  const short = url.length > LONGEST_URL ? (url.split(/[?#]/)[0] ?? '') : url;
  return short.slice(0, LONGEST_URL);
}
