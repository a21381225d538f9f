import type { ChatboxSettings, WidgetStateAnswer } from '#protocol/chatboxes.ts';
import { usesRules } from '#protocol/active-routing.ts';
import { notFound } from '../../core/errors.ts';
import type { Context } from '../../context.ts';
import { accountIdOfChatbox } from '../../unscoped/read-accounts.ts';
import { accountOf } from '../accounts/read-account.ts';
import { listDomains } from '../accounts/list-domains.ts';
import { sawDomain } from '../accounts/saw-domain.ts';
import type { AccountPresence } from '../operators/presence.ts';
import { readRoutedOperators, readRoutingConfig } from '../routing/read-routing.ts';
import { ruleFor, type RoutedOperator, type RoutingConfig } from '../routing/route.ts';
import { servesWidget, type Service } from '../routing/serves-widget.ts';
import { shownBy } from './shown-by.ts';
import { findChatbox } from './store.ts';

type BoxIds = { accountId: string; chatboxId: string };

/** What every page view asks of a box. */
type PublishedBox = {
  accountId: string;
  title: string;
  language: string;
  settings: ChatboxSettings;
  hosts: string[];
  /** Host to when it last showed the widget, as ms since 1970. */
  seen: Map<string, number>;
  /** What is shown depends on page and language. */
  asks: boolean;
  config: RoutingConfig;
  operators: RoutedOperator[];
  /** What was decided already, by rule and language. */
  served: Map<string, Service>;
};

/** Where a widget stands; what is not known decides nothing. */
type Place = { host?: string | undefined; page?: string | undefined; language?: string | undefined };

/** A key that was not found may be there the next moment. */
const CACHE_MS = 3000;
const CACHE_MOST = 10_000;
const SERVED_MOST = 1000;
const SEEN_MS = 60 * 60 * 1000;

/**
 * Looks boxes up by their public key for the chat origin. Every open page asks every 20 s, and all at once when something
 * changes: one read serves all of them, as long as what is known of the account's presence is the same (5 s at most).
 * `presence.changed` therefore puts every change of an account in force at once (OP-12), on every process.
 */
export class PublishedBoxes {
  readonly #context: Context;
  readonly #ids = new Map<string, { until: number; ids: Promise<BoxIds> }>();
  readonly #boxes = new WeakMap<AccountPresence, Map<string, Promise<PublishedBox>>>();

  constructor(context: Context) {
    this.#context = context;
  }

  /** Throws `not_found`. */
  async of(key: string): Promise<PublishedBox> {
    const ids = await this.#idsOf(key);
    const presence = await this.#context.presence.of(ids.accountId);
    const boxes = this.#boxes.get(presence) ?? new Map<string, Promise<PublishedBox>>();
    this.#boxes.set(presence, boxes);
    const box = boxes.get(key) ?? this.#read(ids);
    boxes.set(key, box);
    box.catch(() => boxes.delete(key));
    return box;
  }

  /**
   * May the launcher be shown to this visitor, and as what (VI-02, VI-05, VI-06). Without a registered domain the set-up
   * is incomplete and nothing is shown; the chat origin itself carries the test page.
   */
  async state(key: string, { host, page, language }: Place): Promise<WidgetStateAnswer> {
    const box = await this.of(key);
    const { title: account, language: own, settings } = box;
    const set = { account, language: own, settings };
    const watched = this.#context.openPages.isWatched(box.accountId);
    if (host !== undefined && !this.#isTestPage(host)) {
      if (!isRegistered(box.hosts, host))
        return { ...set, state: 'hidden', watched: false, form: false, departments: [], opensAt: null };
      await this.#note(box, host);
    }
    const service = serve(box, page ?? null, language ?? null);
    return { ...set, ...service, watched, ...shownBy(settings, service) };
  }

  #isTestPage(host: string): boolean {
    return host === new URL(this.#context.config.chat.url).hostname;
  }

  /** "Installed on": once an hour a host that shows the widget is written down. */
  async #note({ accountId, hosts, seen }: PublishedBox, host: string): Promise<void> {
    const name = hosts.includes(host) ? host : host.replace(/^www\./, '');
    const now = Date.now();
    if ((seen.get(name) ?? -Infinity) > now - SEEN_MS) return;
    seen.set(name, now);
    await this.#context.db.inAccount(accountId, (tx) => sawDomain(tx, accountId, name));
  }

  #idsOf(key: string): Promise<BoxIds> {
    const cached = this.#ids.get(key);
    if (cached && cached.until > performance.now()) return cached.ids;
    const ids = accountIdOfChatbox(this.#context.db, key).then((found) => {
      if (!found) throw notFound('chatbox');
      return found;
    });
    this.#ids.set(key, { until: performance.now() + CACHE_MS, ids });
    ids.catch(() => this.#ids.delete(key));
    if (this.#ids.size > CACHE_MOST) this.#ids.delete(this.#ids.keys().next().value ?? '');
    return ids;
  }

  #read({ accountId, chatboxId }: BoxIds): Promise<PublishedBox> {
    return this.#context.db.inAccount(accountId, async (tx) => {
      const box = await findChatbox(tx, accountId, chatboxId);
      const { title, language } = await accountOf(tx, accountId);
      const domains = await listDomains(tx, accountId);
      const config = await readRoutingConfig(tx, accountId);
      const operators = await readRoutedOperators(tx, accountId);
      if (!box) throw notFound('chatbox');
      const asks = usesRules(config) || Object.keys(config.destinations).length > 0;
      const hosts = domains.map(({ host }) => host);
      const { settings } = box;
      const seen = new Map(domains.map(({ host, lastSeenAt }) => [host, Date.parse(lastSeenAt ?? '1970')]));
      return {
        accountId,
        title,
        language,
        settings,
        hosts,
        seen,
        asks,
        config,
        operators,
        served: new Map(),
      };
    });
  }
}

/** Decides once for all widgets for which nothing that counts is different. */
function serve(
  { config, operators, served }: PublishedBox,
  page: string | null,
  language: string | null,
): Service {
  const key = `${ruleFor(config.rules, page)} ${language}`;
  const known = served.get(key);
  if (known) return known;
  const service = servesWidget(config, operators, { page, language, at: new Date() });
  if (served.size >= SERVED_MOST) served.clear();
  served.set(key, service);
  return service;
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
