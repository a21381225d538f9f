import * as z from 'zod/mini';
import { account } from '#protocol/accounts.ts';
import { conversation } from '#protocol/conversations.ts';
import { entry } from '#protocol/entries.ts';
import { id, seq } from '#protocol/ids.ts';
import { operator, status } from '#protocol/operators.ts';
import type { Positions } from '#protocol/session.ts';

const { state, operator: owner, visitor } = conversation.shape;

/** What the processes of an installation tell each other; presented per receiver (features/session/present-event.ts). */
const carried = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('entries'),
    conversationId: id,
    entries: z.array(entry),
    head: seq,
    state,
    operator: owner,
    visitor,
  }),
  z.object({
    type: z.literal('changes'),
    seq,
    conversations: z.array(conversation),
    operators: z.array(operator),
    account: z.optional(account),
  }),
  z.object({
    type: z.literal('typing'),
    conversationId: id,
    from: z.enum(['visitor', 'operator']),
    on: z.boolean(),
  }),
  z.object({ type: z.literal('presence'), online: z.boolean(), operators: z.record(id, status) }),
  /** The session or membership has ended: close its lines at once. */
  z.object({ type: z.literal('ended') }),
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
