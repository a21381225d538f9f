import * as z from 'zod/mini';
import { account } from '#protocol/accounts.ts';
import { conversation, queueDown } from '#protocol/conversations.ts';
import { entry } from '#protocol/entries.ts';
import { id, instant, seq } from '#protocol/ids.ts';
import { operator, role, status } from '#protocol/operators.ts';
import { routing } from '#protocol/routing.ts';
import type { Positions } from '#protocol/session.ts';
import { announcedPage, siteVisit } from '#protocol/visitors.ts';

const { channel, state, operator: owner, visitor, desk } = conversation.shape;

/** What the processes of an installation tell each other; presented per receiver (features/session/present-event.ts). */
const carried = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('entries'),
    conversationId: id,
    entries: z.array(entry),
    head: seq,
    channel,
    state,
    operator: owner,
    visitor,
    desk,
  }),
  z.object({
    type: z.literal('changes'),
    seq,
    conversations: z.array(conversation),
    operators: z.array(operator),
    removedOperators: z.optional(z.array(id)),
    account: z.optional(account),
    routing: z.optional(routing),
  }),
  z.object({
    type: z.literal('typing'),
    conversationId: id,
    from: z.enum(['visitor', 'operator']),
    /** The only one who is told; null: everybody on the other side. */
    to: z.nullable(id),
    on: z.boolean(),
  }),
  queueDown,
  /** `busy`: those who are online, but can take no chat now; operators and widgets are not told who they are. */
  z.object({
    type: z.literal('presence'),
    online: z.boolean(),
    operators: z.record(id, status),
    busy: z.array(id),
  }),
  /** Visits as the process `owner` sees them, and those that it has seen leave. */
  z.object({
    type: z.literal('visits'),
    owner: id,
    visits: z.array(
      z.object({ visit: siteVisit, who: z.string(), url: z.string(), offer: announcedPage.shape.invitation }),
    ),
    left: z.array(id),
  }),
  /** What has become of a visit's invitation. */
  z.object({
    type: z.literal('invitation'),
    visitId: id,
    invitation: siteVisit.shape.invitation,
    offer: announcedPage.shape.invitation,
  }),
  /** Somebody looks at the account's visitors. `begun`: who says so has only begun to listen, and wants to hear all. */
  z.object({ type: z.literal('watched'), begun: z.boolean() }),
  /** The session has ended: close its lines at once. */
  z.object({ type: z.literal('ended') }),
  /** What the membership is now: lines that began as something else are closed. `role` null: it has ended. */
  z.object({
    type: z.literal('membership'),
    role: z.nullable(role),
    name: z.string(),
    signedOutAt: z.nullable(instant),
  }),
]);

/** A publication as another process sends it. */
export const fromBus = z.object({
  topic: z.string().check(z.maxLength(100)),
  seq: z.optional(seq),
  droppable: z.optional(z.boolean()),
  event: carried,
});

/** `head` is of this process alone: a stream has moved on without an event that was heard here. */
export type HubEvent = z.infer<typeof carried> | { type: 'head'; positions: Positions };
