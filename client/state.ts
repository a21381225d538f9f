import type { Account } from '#protocol/accounts.ts';
import type { Conversation } from '#protocol/conversations.ts';
import type { Entry } from '#protocol/entries.ts';
import type { Operator, Status } from '#protocol/operators.ts';
import type { Routing } from '#protocol/routing.ts';
import type { Done, Refused } from '#protocol/session.ts';
import type { SiteVisit } from '#protocol/visitors.ts';
import type { Command } from '#protocol/up.ts';

/**
 * State of the line, always true: `online` only between a `welcome` and the first sign of trouble. `signed-out`
 * and `stopped` (1008, unsupported protocol) do not heal by themselves.
 */
export type Line = 'connecting' | 'online' | 'offline' | 'signed-out' | 'stopped';

/** A command in the outbox. `refused` is there when the server said no and repeating is the person's choice. */
export type Pending = {
  command: Command;
  /** Client's clock, ms since the epoch; for display only, never for order. */
  at: number;
  refused?: Refused | undefined;
  /** Committed; still here only until its entry is in the thread, so that the line does not flicker. */
  done?: Done | undefined;
};

/** A followed conversation. `entries` are gapless: first = entries[0].seq, last = conversation.lastSeq. */
export type Thread = {
  conversation: Conversation;
  entries: readonly Entry[];
  /** True when nothing older is stored than entries[0]. */
  complete: boolean;
  /** The other side is writing; ends by itself 6 s after the last sign. */
  typing: boolean;
};

/** Everything a screen shows. Immutable: every change makes a new object, unchanged parts keep their identity. */
export type State = {
  line: Line;
  /** When the next attempt starts, ms since the epoch of the client's clock; null unless `line` is offline. */
  retryAt: number | null;
  epoch: string | null;
  account: Account | null;
  /** Who gets a visitor (operators only). */
  routing: Routing | null;
  /** Position in the account's change stream (operators). */
  accountSeq: number;
  /** Operators: every conversation that this operator may list and that is not closed. */
  conversations: ReadonlyMap<string, Conversation>;
  operators: ReadonlyMap<string, Operator>;
  /** `online`: somebody can answer. `operators`: who is truly there (operators only). */
  presence: { online: boolean; operators: ReadonlyMap<string, Status> };
  threads: ReadonlyMap<string, Thread>;
  /** Visitors: the place of their waiting chat in the queue, itself counted (VI-13); null until it is known. */
  queue: { conversationId: string; position: number; online: boolean; opensAt: string | null } | null;
  /** Operators: who is on the sites, while `watchVisitors` is on; null until it is known. */
  visits: ReadonlyMap<string, SiteVisit> | null;
  /** Oldest first. */
  outbox: readonly Pending[];
};

export const emptyState: State = {
  line: 'connecting',
  retryAt: null,
  epoch: null,
  account: null,
  routing: null,
  accountSeq: 0,
  conversations: new Map(),
  operators: new Map(),
  presence: { online: false, operators: new Map() },
  threads: new Map(),
  queue: null,
  visits: null,
  outbox: [],
};
