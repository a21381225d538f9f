import type { Conversation } from '#protocol/conversations.ts';
import type { Entry } from '#protocol/entries.ts';
import type { Done, Hello } from '#protocol/session.ts';
import type { Command } from '#protocol/up.ts';
import type { Pending, State } from './state.ts';

/** Where unsent commands survive a reload. Every function may reject; the client then goes on in memory. */
export type OutboxStorage = {
  load: () => Promise<Pending[]>;
  put: (pending: Pending) => Promise<void>;
  remove: (ref: string) => Promise<void>;
};

export type ClientOptions = {
  /** Origin of the server, e.g. `https://chat.example`; socket at /v1/realtime, long poll at /v1/realtime/poll. */
  origin: string;
  /**
   * Credential for the next `hello`; called before every connection. `refresh` is true after a 4001 close. Who is then
   * given the same again is signed out; whoever gets a new token goes on trying, later and later.
   */
  credential: (refresh: boolean) => Promise<Pick<Hello, 'token' | 'operatorId'>>;
  storage: OutboxStorage;
};

/** A followed conversation that the client may see no more, as it was, and who has it now if the server said so. */
export type Gone = { conversation: Conversation; by: string | undefined };

/** `done` after commit; `Refusal` when the server said no in a way that a repeat cannot change. */
export type Client = {
  getState: () => State;
  /** Called after every change of the state; returns the function that ends it. */
  subscribe: (listener: () => void) => () => void;
  /** Called when a thread is taken away, before it leaves the state; returns the function that ends it. */
  onGone: (listener: (gone: Gone) => void) => () => void;
  start: () => void;
  /** Closes the line; the outbox stays stored. */
  stop: () => void;
  /** Puts the command into the outbox, sends it, repeats it with the same ref until it is answered. */
  send: (command: Command) => Promise<Done>;
  /** Sends a refused command again (same ref). */
  retry: (ref: string) => void;
  /** Takes a command out of the outbox. */
  discard: (ref: string) => void;
  /** Keeps a thread in the state until `unfollow`; idempotent. */
  follow: (conversationId: string) => void;
  unfollow: (conversationId: string) => void;
  /** Puts older entries (fetched over HTTP) in front of a thread. */
  prepend: (conversationId: string, entries: readonly Entry[]) => void;
  /** Coalesced: at most one `on` in 3 s; `off` once. */
  typing: (conversationId: string, on: boolean) => void;
  /** Keeps the visitors of the sites in the state while on (operators). */
  watchVisitors: (on: boolean) => void;
  /** Connects at once instead of waiting for `retryAt`. */
  reconnect: () => void;
};
