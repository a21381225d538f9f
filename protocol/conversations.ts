import * as z from 'zod/mini';
import { entry, messageText, page, transfer, visitorDetails } from './entries.ts';
import { routingDecision } from './routing.ts';
import { clientRef, id, instant, language, seq } from './ids.ts';

export const conversationState = z.enum(['waiting', 'open', 'closed']);
export type ConversationState = z.infer<typeof conversationState>;

const named = z.object({ id, name: z.string() });
const marks = z.object({ visitor: seq, operator: seq });

/** What operators alone know of a conversation that waits, or is offered to others. */
export const desk = z.object({
  /** Who may take it; null: every operator. */
  audience: z.nullable(z.array(id)),
  /** Whom it rings, until `ringUntil`; null: everybody of the audience who is free at the moment and has not declined. */
  ring: z.nullable(z.array(id)),
  ringUntil: z.nullable(instant),
  /** Who has had a turn: declined it or let it ring. */
  passed: z.array(id),
  /** Of those, who declined it: never rung again. */
  declined: z.array(id),
  transfer: z.nullable(transfer),
});
export type Desk = z.infer<typeof desk>;

/**
 * A conversation as a client shows it: what its entries 1..lastSeq add up to. `client/reduce.ts` computes the
 * same from the entries as the server's projection holds, so a live and a recovered screen are equal.
 *
 * In a conversation between two operators (`colleague`, OC-13) the one who began it stands on the visitor's side.
 */
export const conversation = z.object({
  id,
  channel: z.enum(['chat', 'offline', 'colleague']),
  state: conversationState,
  visitor: z.object({ id, name: z.nullable(z.string()), email: z.nullable(z.string()) }),
  operator: z.nullable(named),
  /** What the visitor chose on the welcome screen (OP-07). */
  department: z.nullable(named),
  /** There while it waits or is offered to others; null for visitors, always. */
  desk: z.nullable(desk),
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
  /** Operators' messages after the visitor's read mark. */
  unreadByVisitor: z.int(),
  delivered: marks,
  read: marks,
});
export type Conversation = z.infer<typeof conversation>;

/** A command that says nothing but which conversation it is about. */
const about = <const Type extends string>(type: Type) =>
  z.strictObject({ type: z.literal(type), ref: clientRef, conversationId: id });

// ---- up: what a visitor may say --------------------------------------------------------------------------

/** The welcome screen's first message (VI-04). If the visitor already has an open conversation it goes there. */
export const startConversation = z.strictObject({
  type: z.literal('conversation.start'),
  ref: clientRef,
  text: messageText,
  details: visitorDetails,
  page: z.nullable(page),
  language: z.nullable(language),
  /** One that is not there, or not to choose from, counts as none. */
  departmentId: z.optional(id),
  /** The invitation that this answers (VI-10): then the conversation begins with it, and with its operator. */
  invitationId: z.optional(id),
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

export const closeConversation = about('conversation.close');

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
export const acceptConversation = about('conversation.accept');

/** An administrator takes a conversation from whoever has it (OC-16). */
export const takeConversation = about('conversation.take');

/**
 * The owner offers the conversation to a colleague or a department, and keeps it until somebody accepts (OC-12,
 * `/t handle`). Refused with `unavailable_target` where nobody who is there may take one more, and with
 * `wrong_language` where the colleague does not serve the visitor's language, unless `anyLanguage`.
 */
export const transferConversation = z.strictObject({
  type: z.literal('conversation.transfer'),
  ref: clientRef,
  conversationId: id,
  to: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('operator'), id }),
    z.strictObject({ kind: z.literal('department'), id }),
  ]),
  anyLanguage: z.optional(z.boolean()),
});

/** The offer is withdrawn. */
export const cancelTransfer = about('transfer.cancel');

/** "Not me" (`/d`): of a transfer, or of a waiting conversation that rings. */
export const declineConversation = about('conversation.decline');

/** For operators' eyes only; whoever may read the conversation may write one. */
export const postNote = z.strictObject({
  type: z.literal('note.post'),
  ref: clientRef,
  conversationId: id,
  text: messageText,
});

/** The first message to a colleague (OC-13); goes into the conversation that the two have already. */
export const writeColleague = z.strictObject({
  type: z.literal('colleague.write'),
  ref: clientRef,
  operatorId: id,
  text: messageText,
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

/** Visitors: how many waiting chats are answered before theirs, itself counted (VI-13). Droppable; null: not waiting. */
export const queueDown = z.object({
  type: z.literal('queue'),
  conversationId: id,
  position: z.nullable(z.int()),
  /** Whether somebody is there for this chat: for its department, page and language. */
  online: z.boolean(),
  /** When the business opens, while it is closed. */
  opensAt: z.nullable(instant),
});

/** The receiver may no longer see this conversation (a colleague has taken it): forget it. `by`: who has it now, if known. */
export const goneDown = z.object({ type: z.literal('gone'), conversationId: id, by: z.optional(z.string()) });

/** Most entries in one `entries` frame. */
export const PAGE_LIMIT = 200;

// ---- HTTP ------------------------------------------------------------------------------------------------

/** GET /v1/conversations/:conversationId/entries?before=N -> the up to 200 entries before N, oldest first. */
export const olderEntriesQuery = z.strictObject({ before: z.coerce.number().check(z.int(), z.minimum(1)) });
export const olderEntries = z.object({ entries: z.array(entry) });
export type OlderEntries = z.infer<typeof olderEntries>;

/** What made a conversation go to whom: the rules, or a person. `how` an operator came to have it, and `from` whom. */
const turn = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('decided'), at: instant, decision: routingDecision }),
  z.object({ kind: z.literal('invited'), at: instant, operator: named }),
  z.object({ kind: z.literal('queued'), at: instant, why: z.enum(['operator-lost', 'operator-gone']) }),
  z.object({
    kind: z.literal('joined'),
    at: instant,
    operator: named,
    how: z.enum(['invited', 'accepted', 'transferred', 'taken-over']),
    from: z.nullable(named),
  }),
]);
export type RoutingTurn = z.infer<typeof turn>;

/** GET /v1/conversations/:conversationId/decisions -> why it went to whom (OP-13), oldest first. */
export const routingHistory = z.object({ turns: z.array(turn) });
export type RoutingHistory = z.infer<typeof routingHistory>;

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
