import * as z from 'zod/mini';
import { account } from './accounts.ts';
import { conversation } from './conversations.ts';
import { id, seq } from './ids.ts';
import { operator } from './operators.ts';
import { routing } from './routing.ts';

/**
 * down: the account's change stream, for operators. Brings a client from position `from` to `to`; live frames
 * have from = to - 1. Each thing named is its whole newest state. `removed`: conversations that the receiver no
 * longer lists (closed, or taken by somebody whose sessions it may not see). `from` 0 is a full snapshot.
 */
export const changesDown = z.object({
  type: z.literal('changes'),
  from: seq,
  to: seq,
  conversations: z.array(conversation),
  removed: z.array(id),
  operators: z.array(operator),
  /** Those that were deleted or have left; absent: none. */
  removedOperators: z.optional(z.array(id)),
  account: z.optional(account),
  routing: z.optional(routing),
});
export type Changes = z.infer<typeof changesDown>;
