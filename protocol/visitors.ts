import * as z from 'zod/mini';
import { page } from './entries.ts';
import { clientRef, id, instant, language, prose, text } from './ids.ts';

/** Most visits of an account that are shown, and that a server remembers. */
export const VISITS_LIMIT = 5000;
/** Pages of a visit that are remembered; `visited` counts on. */
export const PAGES_LIMIT = 20;

const person = z.object({ id, name: z.string() });

/** An operator's first message to a visitor who has not written (VI-10). */
export const invitationText = prose(500);

/**
 * Somebody who has a page of the account's sites in front of the eyes now (OC-11). Lives in memory alone, and only
 * while an operator looks: an anonymous visitor leaves no row before it acts.
 */
export const siteVisit = z.object({
  id,
  /** Who it is, as far as the visitor has told: null until it has acted once. */
  visitor: z.nullable(z.object({ id, name: z.nullable(z.string()), email: z.nullable(z.string()) })),
  /** Its open chat. */
  conversation: z.nullable(
    z.object({ id, state: z.enum(['waiting', 'open']), operator: z.nullable(person) }),
  ),
  /** The newest pages, at least one, the present one last; `at` is when it was opened. */
  pages: z.array(z.object({ url: z.string(), title: z.string(), at: instant })),
  /** How many pages in all. */
  visited: z.int(),
  /** Where the visitor came from. */
  referrer: z.nullable(z.string()),
  /** `User-Agent` of its browser. */
  browser: z.nullable(z.string()),
  language: z.nullable(z.string()),
  /** When the first page was opened. */
  since: instant,
  /** Waits for an answer, or was dismissed: then this visit is left in peace. */
  invitation: z.nullable(z.object({ operator: person, state: z.enum(['waiting', 'dismissed']) })),
});
export type SiteVisit = z.infer<typeof siteVisit>;

/** up (operator): look at the visitors of the account's sites from now on, or no more. Answered by `done`. */
export const watchVisitors = z.strictObject({
  type: z.literal('visitors.watch'),
  ref: clientRef,
  on: z.boolean(),
});

/**
 * up (operator): invites a visitor without a conversation. Two operators can never both: the loser is refused with
 * `taken`.
 */
export const inviteVisitor = z.strictObject({
  type: z.literal('visitor.invite'),
  ref: clientRef,
  visitId: id,
  text: invitationText,
});

/**
 * down, for who watches: visits that are new or have changed, each whole, and those that have ended. `whole`: forget
 * what was there before. At most two a second.
 */
export const visitorsDown = z.object({
  type: z.literal('visitors'),
  whole: z.boolean(),
  visits: z.array(siteVisit),
  gone: z.array(id),
});

// ---- chat origin -----------------------------------------------------------------------------------------

/**
 * POST /v1/widget/:key/visits (public; a visitor who has acted adds its bearer token): the page in front of the
 * visitor. Asked only after the state has said `watched`, repeated while the page is seen, and answered when the
 * invitation is another than `shown`, when nobody watches any more, or after `wait` seconds. A request that ends early
 * says that the page is gone.
 */
export const announcePage = z.strictObject({
  /** Of this document, random, never stored. */
  tab: id,
  page,
  /** `document.referrer` of the page. */
  referrer: z.nullable(text(2048)),
  language: z.nullable(language),
  /** How long the page has been open. */
  seconds: z.int().check(z.minimum(0), z.maximum(604_800)),
  /** The invitation that stands on the page. */
  shown: z.nullable(id),
  /** An invitation was dismissed on this page: do not invite again. */
  refuses: z.boolean(),
  wait: z.number().check(z.minimum(0), z.maximum(25)),
});
export type AnnouncePage = z.infer<typeof announcePage>;

export const announcedPage = z.object({
  watched: z.boolean(),
  /** What has to stand on the page: null is nothing. `operator`: its name. */
  invitation: z.nullable(z.object({ id, operator: z.string(), text: invitationText })),
});
export type AnnouncedPage = z.infer<typeof announcedPage>;
export type Invitation = NonNullable<AnnouncedPage['invitation']>;

/** DELETE /v1/widget/:key/invitations/:invitationId (public): the visitor dismisses it. Who knows its id was shown it. */
export const invitationParams = z.strictObject({
  key: z.string().check(z.regex(/^[A-Za-z0-9]{22}$/)),
  invitationId: id,
});
