import * as z from 'zod/mini';
import { entry, messageText, page, visitorDetails } from './entries.ts';
import { clientRef, id, instant, language, seq } from './ids.ts';

export const conversationState = z.enum(['waiting', 'open', 'closed']);
export type ConversationState = z.infer<typeof conversationState>;

const marks = z.object({ visitor: seq, operator: seq });

/**
 * A conversation as a client shows it: what its entries 1..lastSeq add up to. `client/reduce.ts` computes the
 * same from the entries as the server's projection holds, so a live and a recovered screen are equal.
 */
export const conversation = z.object({
  id,
  channel: z.enum(['chat', 'offline']),
  state: conversationState,
  visitor: z.object({ id, name: z.nullable(z.string()), email: z.nullable(z.string()) }),
  operator: z.nullable(z.object({ id, name: z.string() })),
  language: z.string(),
  page: z.nullable(page),
  createdAt: instant,
  /** Since when the visitor waits for an operator; null once one has joined or the conversation is closed. */
  waitingSince: z.nullable(instant),
  closedAt: z.nullable(instant),
  lastSeq: seq,
  /** Newest message or offline message, cut to 140 characters. */
  preview: z.nullable(z.object({ from: z.enum(['visitor', 'operator']), text: z.string(), at: instant })),
  /** Visitor's messages after the operators' read mark. */
  unread: z.int(),
  delivered: marks,
  read: marks,
});
export type Conversation = z.infer<typeof conversation>;

// ---- up: what a visitor may say --------------------------------------------------------------------------

/** The welcome screen's first message (VI-04). If the visitor already has an open conversation it goes there. */
export const startConversation = z.strictObject({
  type: z.literal('conversation.start'),
  ref: clientRef,
  text: messageText,
  details: visitorDetails,
  page: z.nullable(page),
  language: z.nullable(language),
});

/** The visitor moved to another page. */
export const visitPage = z.strictObject({
  type: z.literal('page.visit'),
  ref: clientRef,
  conversationId: id,
  page,
});

export const updateDetails = z.strictObject({
  type: z.literal('details.update'),
  ref: clientRef,
  conversationId: id,
  details: visitorDetails,
});

// ---- up: what both may say -------------------------------------------------------------------------------

/** An operator's first message in a waiting conversation also accepts it (OC-14). */
export const postMessage = z.strictObject({
  type: z.literal('message.post'),
  ref: clientRef,
  conversationId: id,
  text: messageText,
});

export const closeConversation = z.strictObject({
  type: z.literal('conversation.close'),
  ref: clientRef,
  conversationId: id,
});

/** "Everything up to `upTo` has reached me / was seen by me". A mark that does not advance changes nothing. */
export const markReceipt = z.strictObject({
  type: z.literal('receipt.mark'),
  ref: clientRef,
  conversationId: id,
  mark: z.enum(['delivered', 'read']),
  upTo: seq,
});

/** Droppable and unanswered: no ref, no entry. */
export const typingUp = z.strictObject({ type: z.literal('typing'), conversationId: id, on: z.boolean() });

/**
 * Follow a conversation's entries after `after`; without `after`, its state and its newest entries. Also how a
 * client asks again when it sees a gap. Answered by an `entries` frame, or `refused` with `ref`.
 */
export const followConversation = z.strictObject({
  type: z.literal('conversation.follow'),
  ref: clientRef,
  conversationId: id,
  after: z.optional(seq),
});

export const unfollowConversation = z.strictObject({
  type: z.literal('conversation.unfollow'),
  conversationId: id,
});

// ---- up: what an operator may say ------------------------------------------------------------------------

/** Two operators can never both take one: the loser is refused with `taken`. */
export const acceptConversation = z.strictObject({
  type: z.literal('conversation.accept'),
  ref: clientRef,
  conversationId: id,
});

// ---- down ------------------------------------------------------------------------------------------------

/**
 * Entries in order, live and recovered alike. `conversation` is there when the receiver has no state yet (first
 * sight, or a position from another epoch): it is the state AFTER `entries`, which are then only the newest.
 * `head` is the conversation's last position when this was read: entries[last].seq < head means more follows.
 */
export const entriesDown = z.object({
  type: z.literal('entries'),
  conversationId: id,
  conversation: z.optional(conversation),
  entries: z.array(entry),
  head: seq,
});

export const typingDown = z.object({
  type: z.literal('typing'),
  conversationId: id,
  from: z.enum(['visitor', 'operator']),
  on: z.boolean(),
});

/** The receiver may no longer see this conversation (a colleague has taken it): forget it. */
export const goneDown = z.object({ type: z.literal('gone'), conversationId: id });

/** Most entries in one `entries` frame. */
export const PAGE_LIMIT = 200;

// ---- HTTP ------------------------------------------------------------------------------------------------

/** GET /v1/conversations/:conversationId/entries?before=N -> the up to 200 entries before N, oldest first. */
export const olderEntriesQuery = z.strictObject({ before: z.coerce.number().check(z.int(), z.minimum(1)) });
export const olderEntries = z.object({ entries: z.array(entry) });
export type OlderEntries = z.infer<typeof olderEntries>;

/** GET /v1/visitors/:visitorId -> the panel beside the thread (only what the caller may see). */
export const visitorPanel = z.object({
  visitor: z.object({
    id,
    name: z.nullable(z.string()),
    email: z.nullable(z.string()),
    /** True when the customer's own server vouched for `externalId` (signed identity). */
    verified: z.boolean(),
    externalId: z.nullable(z.string()),
    attributes: z.record(z.string(), z.string()),
    browser: z.nullable(z.string()),
    language: z.nullable(z.string()),
    firstSeenAt: instant,
  }),
  pages: z.array(z.object({ url: z.string(), title: z.string(), at: instant })),
  conversations: z.array(conversation),
});
export type VisitorPanel = z.infer<typeof visitorPanel>;
