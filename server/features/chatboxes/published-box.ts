import type { ChatboxSettings, WidgetState } from '#protocol/chatboxes.ts';
import { notFound } from '../../core/errors.ts';
import type { Context } from '../../context.ts';
import { accountIdOfChatbox } from '../../unscoped/read-accounts.ts';
import { accountOf } from '../accounts/read-account.ts';
import { listDomains } from '../accounts/list-domains.ts';
import { sawDomain } from '../accounts/saw-domain.ts';
import { findChatbox } from './store.ts';

/** What every page view asks of a box. */
type PublishedBox = {
  accountId: string;
  title: string;
  language: string;
  settings: ChatboxSettings;
  hosts: string[];
};

/** Every open page asks every 20 s: one read serves all of them for this long. */
const CACHE_MS = 3000;
const CACHE_MOST = 10_000;
const SEEN_MS = 60 * 60 * 1000;

/** Looks boxes up by their public key for the chat origin. */
export class PublishedBoxes {
  readonly #context: Context;
  readonly #cache = new Map<string, { until: number; box: Promise<PublishedBox> }>();
  readonly #seen = new Map<string, number>();

  constructor(context: Context) {
    this.#context = context;
  }

  /** Throws `not_found`. */
  of(key: string): Promise<PublishedBox> {
    const cached = this.#cache.get(key);
    if (cached && cached.until > performance.now()) return cached.box;
    const box = this.#read(key);
    this.#cache.set(key, { until: performance.now() + CACHE_MS, box });
    box.catch(() => this.#cache.delete(key));
    if (this.#cache.size > CACHE_MOST) this.#cache.delete(this.#cache.keys().next().value ?? '');
    return box;
  }

  /**
   * May the launcher be shown on a page of `host`, and as what (VI-02, VI-06). Without a registered domain the set-up is
   * incomplete and nothing is shown; the chat origin itself carries the test page.
   */
  async state(key: string, host: string | undefined): Promise<WidgetState> {
    const box = await this.of(key);
    if (host !== undefined && !this.#isTestPage(host)) {
      if (!isRegistered(box.hosts, host)) return 'hidden';
      await this.#note(box, host);
    }
    const { online } = await this.#context.presence.of(box.accountId);
    if (online) return 'online';
    return box.settings.whenOffline === 'hide' ? 'hidden' : 'offline';
  }

  #isTestPage(host: string): boolean {
    return host === new URL(this.#context.config.chat.url).hostname;
  }

  /** "Installed on": once an hour a host that shows the widget is written down. */
  async #note({ accountId, hosts }: PublishedBox, host: string): Promise<void> {
    const name = hosts.includes(host) ? host : host.replace(/^www\./, '');
    const key = `${accountId}:${name}`;
    const now = performance.now();
    if ((this.#seen.get(key) ?? -Infinity) > now - SEEN_MS) return;
    this.#seen.set(key, now);
    if (this.#seen.size > CACHE_MOST) this.#seen.delete(this.#seen.keys().next().value ?? '');
    await this.#context.db.inAccount(accountId, (tx) => sawDomain(tx, accountId, name));
  }

  async #read(key: string): Promise<PublishedBox> {
    const { db } = this.#context;
    const found = await accountIdOfChatbox(db, key);
    if (!found) throw notFound('chatbox');
    const { accountId, chatboxId } = found;
    return db.inAccount(accountId, async (tx) => {
      const box = await findChatbox(tx, accountId, chatboxId);
      const { title, language } = await accountOf(tx, accountId);
      const domains = await listDomains(tx, accountId);
      if (!box) throw notFound('chatbox');
      return { accountId, title, language, settings: box.settings, hosts: domains.map(({ host }) => host) };
    });
  }
}

/** A registered domain covers its `www.` twin as well. */
const isRegistered = (hosts: string[], host: string): boolean =>
  hosts.includes(host) || hosts.includes(host.replace(/^www\./, ''));

/** Value of `frame-ancestors`: the pages that may hold the frame, on any port. */
export function frameAncestors(hosts: string[]): string {
  const pages = hosts
    .flatMap((host) => [host, `www.${host}`])
    .flatMap((host) => [`https://${host}:*`, `http://${host}:*`]);
  return pages.join(' ');
}
