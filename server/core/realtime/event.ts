import type { Account } from '#protocol/accounts.ts';
import type { Conversation } from '#protocol/conversations.ts';
import type { Entry } from '#protocol/entries.ts';
import type { Operator, Status } from '#protocol/operators.ts';

/** What the processes of an installation tell each other; presented per receiver (features/session/present-event.ts). */
export type HubEvent =
  | ({ type: 'entries'; conversationId: string; entries: Entry[]; head: number } & Pick<
      Conversation,
      'state' | 'operator' | 'visitor'
    >)
  | {
      type: 'changes';
      seq: number;
      conversations: Conversation[];
      operators: Operator[];
      account?: Account | undefined;
    }
  | { type: 'typing'; conversationId: string; from: 'visitor' | 'operator'; on: boolean }
  | { type: 'presence'; online: boolean; operators: Record<string, Status> }
  /** The session or membership has ended: close its lines at once. */
  | { type: 'ended' };
