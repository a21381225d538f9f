import type { Conversation } from '#protocol/conversations.ts';
import type { AnnouncedPage, Invitation, SiteVisit } from '#protocol/visitors.ts';
import type { Bus } from '../../core/realtime/bus.ts';
import type { Connection } from '../../core/realtime/connection.ts';
import type { HubEvent } from '../../core/realtime/event.ts';
import { topicOf, topics } from '../../core/realtime/topics.ts';
import type { Published } from '../../core/realtime/hub.ts';
import { SiteVisits, type Remembered, type Seen, type Told } from './site-visits.ts';
import { Watchers } from './watchers.ts';

const FLUSH_MS = 500;
/** That an account is watched is repeated, and believed for a while. */
const BEAT_MS = 10_000;
const BELIEVED_MS = 25_000;
/** A console without a socket asks anew every 20 s. */
const ASKED_MS = 45_000;
/** Most visits in this process. */
const MOST = 20_000;
/** Most visits in one publication, so that a hostile one fits as well. */
const PUBLISHED = 50;

/** All accounts share the subject, so the name of any of them hears it. */
const ANY_ACCOUNT = '00000000-0000-0000-0000-000000000000';
const UNWATCHED: AnnouncedPage = { watched: false, invitation: null };

type Site = {
  visits: SiteVisits;
  watchers: Watchers;
  /** Until when somebody without a line of his own looks, here and on another process; monotonic ms. */
  askedUntil: number;
  elsewhereUntil: number;
  beatAt: number;
  /** What the other processes have to be told. */
  untold: Set<Remembered>;
  untoldLeft: Set<string>;
};

type Settings = {
  bus: Bus<HubEvent> | undefined;
  /** An invitation whose page has gone. */
  lost: (accountId: string, invitationId: string) => void;
};

/**
 * Who is on the sites of the accounts whose operators look at it now (OC-11). Where nobody looks there is nothing: no
 * request, no memory, no row. Processes tell each other by the bus what each of them hears; what a message lost is
 * repeated with the next request of the page.
 */
export class OpenPages implements Disposable {
  readonly #settings: Settings;
  readonly #owner = crypto.randomUUID();
  readonly #sites = new Map<string, Site>();
  #timer: NodeJS.Timeout | undefined;

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  start(): void {
    this.#settings.bus?.follow(topics.watched(ANY_ACCOUNT));
  }

  /** Visits that are remembered in this process. */
  get size(): number {
    let size = 0;
    for (const { visits } of this.#sites.values()) size += visits.size;
    return size;
  }

  /** Whether the pages of the account have to announce themselves. */
  isWatched(accountId: string): boolean {
    return this.#sites.has(accountId);
  }

  /** This line looks from now on until it closes or says otherwise. */
  watch(accountId: string, connection: Connection): void {
    const site = this.#site(accountId);
    if (site.watchers.has(connection) || connection.closed) return;
    site.watchers.add(connection, site.visits.ids());
    connection.onClose.push(() => this.unwatch(accountId, connection));
  }

  unwatch(accountId: string, connection: Connection): void {
    this.#sites.get(accountId)?.watchers.remove(connection);
  }

  /** Somebody without a line looks now, and will look again: who is there, newest first. */
  look(accountId: string, ms: number = ASKED_MS): SiteVisit[] {
    const site = this.#site(accountId);
    site.askedUntil = performance.now() + ms;
    return site.visits.ids().flatMap((id) => site.visits.get(id)?.visit ?? []);
  }

  /** Whether it is known already that this page is this visitor's. */
  knows(accountId: string, tab: string, visitorId: string): boolean {
    return this.#sites.get(accountId)?.visits.knows(tab, visitorId) ?? false;
  }

  /** A page is open. Resolves when there is something to tell it, when it has gone, or after `wait` seconds. */
  async announce(
    accountId: string,
    seen: Seen,
    { shown, wait, signal }: { shown: string | null; wait: number; signal: AbortSignal },
  ): Promise<AnnouncedPage> {
    const site = this.#sites.get(accountId);
    const remembered = site?.visits.open(seen);
    if (!site || !remembered) return UNWATCHED;
    if ((remembered.offer?.id ?? null) === shown) await site.visits.waiting(seen.tab, wait * 1000, signal);
    return this.#sites.get(accountId) === site ? { watched: true, invitation: remembered.offer } : UNWATCHED;
  }

  /** The visit, if it is there now. */
  find(accountId: string, visitId: string): Remembered | undefined {
    return this.#sites.get(accountId)?.visits.get(visitId);
  }

  /** What has become of a visit's invitation; `offer` is what the page has to show. */
  invitation(
    accountId: string,
    visitId: string,
    invitation: SiteVisit['invitation'],
    offer: Invitation | null,
  ): void {
    const event: HubEvent = { type: 'invitation', visitId, invitation, offer };
    this.#invitation(accountId, event);
    if (this.#sites.has(accountId)) this.#publish(accountId, event);
  }

  /** Something was told to all: by another process, or by this one to the others. */
  heard({ topic: name, event }: Published<HubEvent>): void {
    const topic = topicOf(name);
    if (topic === undefined || topic.kind === 's') return;
    const { accountId, kind } = topic;
    if (event.type === 'changes' && kind === 'a') this.#conversations(accountId, event.conversations);
    if (event.type === 'watched') this.#watchedElsewhere(accountId, event.begun);
    if (event.type === 'invitation') this.#invitation(accountId, event);
    if (event.type === 'visits') {
      const visits = this.#sites.get(accountId)?.visits;
      for (const told of event.visits) visits?.merge({ ...told, owner: event.owner } satisfies Told);
      visits?.mergeLeft(event.left, event.owner);
    }
  }

  #site(accountId: string): Site {
    const known = this.#sites.get(accountId);
    if (known) return known;
    const site: Site = {
      visits: new SiteVisits({
        owner: this.#owner,
        mayGrow: () => this.size < MOST,
        changed: (remembered, beat) => {
          if (remembered.owner === this.#owner) site.untold.add(remembered);
          if (!beat) site.watchers.changed(remembered.visit.id);
        },
        left: ({ owner, visit }) => {
          if (owner === this.#owner) site.untoldLeft.add(visit.id);
          site.watchers.gone(visit.id);
        },
        forgotten: ({ owner, offer }) => {
          if (owner === this.#owner && offer) this.#settings.lost(accountId, offer.id);
        },
      }),
      watchers: new Watchers(),
      askedUntil: 0,
      elsewhereUntil: 0,
      beatAt: 0,
      untold: new Set(),
      untoldLeft: new Set(),
    };
    this.#sites.set(accountId, site);
    this.#settings.bus?.follow(topics.siteVisits(accountId));
    this.#settings.bus?.follow(topics.account(accountId));
    this.#timer ??= setInterval(() => this.#tick(), FLUSH_MS).unref();
    return site;
  }

  #close(accountId: string, { visits }: Site): void {
    this.#sites.delete(accountId);
    this.#settings.bus?.unfollow(topics.siteVisits(accountId));
    this.#settings.bus?.unfollow(topics.account(accountId));
    visits.wake();
    if (this.#sites.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #tick(): void {
    const now = performance.now();
    for (const [accountId, site] of this.#sites) {
      const { visits, watchers } = site;
      visits.tick(now);
      watchers.flush((id) => {
        const visit = visits.get(id)?.visit;
        return visit && JSON.stringify(visit);
      });
      // Who was invited is asked until it has answered, also while nobody looks.
      const mine = watchers.size > 0 || site.askedUntil > now || visits.hasOffers();
      if (!mine && site.elsewhereUntil <= now) {
        this.#close(accountId, site);
        continue;
      }
      if (mine && site.beatAt <= now) {
        this.#publish(accountId, { type: 'watched', begun: site.beatAt === 0 });
        site.beatAt = now + BEAT_MS;
      }
      this.#tell(accountId, site);
    }
  }

  #tell(accountId: string, { untold, untoldLeft }: Site): void {
    if (this.#settings.bus) {
      const all = [...untold].filter(({ left }) => !left);
      const left = [...untoldLeft];
      for (let from = 0; from < Math.max(all.length, Math.min(1, left.length)); from += PUBLISHED) {
        const visits = all
          .slice(from, from + PUBLISHED)
          .map(({ visit, who, url, offer }) => ({ visit, who, url, offer }));
        const event = { type: 'visits' as const, owner: this.#owner, visits, left: from === 0 ? left : [] };
        this.#publish(accountId, event);
      }
    }
    untold.clear();
    untoldLeft.clear();
  }

  #publish(accountId: string, event: HubEvent): void {
    const topic = event.type === 'watched' ? topics.watched(accountId) : topics.siteVisits(accountId);
    this.#settings.bus?.publish({ topic, droppable: true, event });
  }

  #watchedElsewhere(accountId: string, begun: boolean): void {
    const site = this.#site(accountId);
    site.elsewhereUntil = performance.now() + BELIEVED_MS;
    if (begun) for (const remembered of site.visits.of(this.#owner)) site.untold.add(remembered);
  }

  #invitation(accountId: string, event: Extract<HubEvent, { type: 'invitation' }>): void {
    const visits = this.#sites.get(accountId)?.visits;
    const remembered = visits?.get(event.visitId);
    if (!visits || !remembered) return;
    remembered.offer = event.offer;
    visits.change(remembered, { invitation: event.invitation });
    visits.wake(remembered);
  }

  #conversations(accountId: string, conversations: readonly Conversation[]): void {
    const visits = this.#sites.get(accountId)?.visits;
    if (!visits) return;
    for (const { id, channel, state, operator, visitor } of conversations) {
      const remembered = channel === 'chat' ? visits.ofVisitor(visitor.id) : undefined;
      if (!remembered) continue;
      const conversation = state === 'closed' ? null : { id, state, operator };
      // An answer accepts; a conversation that has ended says nothing of one that has begun since.
      if (!conversation && remembered.visit.conversation && remembered.visit.conversation.id !== id) continue;
      if (!conversation) visits.change(remembered, { visitor, conversation });
      else this.#begun(visits, remembered, { visitor, conversation });
    }
  }

  /** Whoever talks needs no invitation. */
  #begun(visits: SiteVisits, remembered: Remembered, news: Partial<SiteVisit>): void {
    const { offer } = remembered;
    remembered.offer = null;
    visits.change(remembered, { ...news, invitation: null });
    if (offer) visits.wake(remembered);
  }

  [Symbol.dispose](): void {
    for (const [accountId, site] of this.#sites) this.#close(accountId, site);
  }
}
