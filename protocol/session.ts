import * as z from 'zod/mini';
import { conversation } from './conversations.ts';
import { id, instant, seq } from './ids.ts';

/** Where a client stands in the streams that it follows. A position is worth nothing in another epoch. */
export const positions = z.strictObject({
  account: z.optional(seq),
  conversations: z.record(id, seq),
});
export type Positions = z.infer<typeof positions>;

/**
 * First frame of every connection. A visitor proves itself by `token`; an operator by the session cookie of the
 * upgrade request, and names by `operatorId` which of the person's memberships it acts as.
 */
export const hello = z.strictObject({
  type: z.literal('hello'),
  protocol: z.int(),
  token: z.optional(z.string().check(z.maxLength(2000))),
  operatorId: z.optional(id),
  epoch: z.optional(z.string().check(z.maxLength(64))),
  positions,
});
export type Hello = z.infer<typeof hello>;

/** Answered at once by `head`: the page's own proof that the line is alive (ping frames are invisible to it). */
export const ping = z.strictObject({ type: z.literal('ping') });

/** `reset`: the positions given are from another epoch; forget the streams, everything is sent anew. */
export const welcome = z.object({
  type: z.literal('welcome'),
  protocol: z.int(),
  epoch: z.string(),
  reset: z.boolean(),
  now: instant,
  /** Seconds between two `head` frames; silence of more than twice this means a dead line. */
  heartbeat: z.number(),
  /** Visitors: their open conversation, or the one named in `positions`. Its entries follow. */
  conversation: z.nullable(conversation),
});
export type Welcome = z.infer<typeof welcome>;

/** Last positions of the streams this connection follows: how a client finds what it never received. */
export const head = z.object({ type: z.literal('head'), positions });

/** The command is committed. `seq` is the position of its (first) entry in `conversationId`. */
export const done = z.object({
  type: z.literal('done'),
  ref: z.string(),
  conversationId: z.optional(id),
  seq: z.optional(seq),
});
export type Done = z.infer<typeof done>;

/** The command changed nothing. `code` says what to do (protocol/errors.ts); `after` in seconds. */
export const refused = z.object({
  type: z.literal('refused'),
  ref: z.nullable(z.string()),
  code: z.string(),
  message: z.string(),
  after: z.optional(z.number()),
});
export type Refused = z.infer<typeof refused>;

/** The server goes away on purpose; come back at a random moment within `within` seconds. */
export const bye = z.object({ type: z.literal('bye'), within: z.number() });

/** Close codes of the socket, beside 1001, 1008 (rate), 1009 (frame too large), 1012 (restart), 1013 (full). */
export const closeCodes = {
  policy: 1008,
  tooLarge: 1009,
  restart: 1012,
  full: 1013,
  /** No or no longer valid credential: get a new one first. */
  signIn: 4001,
  /** Frame that the protocol does not know. */
  protocol: 4002,
  /** Too slow: more waits than the limit; come back and resume. */
  slow: 4003,
} as const;

/** POST /v1/realtime/poll: the resume that waits. Same frames for networks that block WebSocket. */
export const pollRequest = z.strictObject({ hello, wait: z.number().check(z.minimum(0), z.maximum(25)) });
export const pollAnswer = z.object({ frames: z.array(z.unknown()) });

/** POST /v1/realtime/send: one to 50 commands; each is answered by its `done` or `refused`. */
export const sendRequest = z.strictObject({
  token: z.optional(z.string().check(z.maxLength(2000))),
  operatorId: z.optional(id),
  frames: z.array(z.unknown()).check(z.minLength(1), z.maxLength(50)),
});
