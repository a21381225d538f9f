import * as z from 'zod/mini';
import { routingDecision } from './routing.ts';
import { clientRef, email, id, instant, line, pageUrl, prose, seq, text } from './ids.ts';

/** Longest message text, in UTF-16 code units. */
export const TEXT_LIMIT = 4000;

export const messageText = prose(TEXT_LIMIT);

const named = z.object({ id, name: z.string() });

/** An offer of a conversation to one operator or to a department: who may take it now, and until when. */
export const transfer = z.object({
  to: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('operator'), id, name: z.string() }),
    z.object({ kind: z.literal('department'), id, name: z.string() }),
  ]),
  from: named,
  audience: z.array(id),
  until: instant,
});
export type Transfer = z.infer<typeof transfer>;

/** Who wrote an entry. Names are not here: an operator's name is in the `joined` or `invited` entry before its first message. */
export const sender = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('visitor'), id }),
  z.object({ kind: z.literal('operator'), id }),
  z.object({ kind: z.literal('system') }),
]);
export type Sender = z.infer<typeof sender>;

/** What a visitor has told about itself; absent means unchanged, null means unknown. */
export const visitorDetails = z.strictObject({
  name: z.optional(z.nullable(line(120))),
  email: z.optional(z.nullable(email)),
});

export const page = z.strictObject({ url: pageUrl, title: text(300) });
export type Page = z.infer<typeof page>;

/** What happened. A client ignores a kind that it does not know, but counts its position. */
export const happening = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('message'), text: messageText }),
  /** An operator owns the conversation from here on: it was accepted, handed over, or taken over. */
  z.object({ kind: z.literal('joined'), operator: named }),
  /** Who wrote the invitation that the visitor has answered, and is not there to take the conversation (VI-10). */
  z.object({ kind: z.literal('invited'), operator: named }),
  /** The operator is lost or gone: the visitor waits again. */
  z.object({ kind: z.literal('queued'), why: z.enum(['operator-lost', 'operator-gone']) }),
  /** Nobody took it in time: what was said is an offline message from here on (VI-13). */
  z.object({ kind: z.literal('missed') }),
  /** Operators talk among themselves beside the visitor: a note, or a supervisor's whisper (OC-15, OC-16). */
  z.object({ kind: z.literal('note'), text: messageText }),
  /** The waiting conversation was offered anew, and why (OP-13). `passed`: who declined or let it ring. */
  z.object({
    kind: z.literal('routed'),
    decision: routingDecision,
    ring: z.nullable(z.array(id)),
    until: z.nullable(instant),
    passed: z.array(id),
  }),
  /** Its owner offers it to others, and keeps it until one of `audience` joins (OC-12). */
  z.object({ kind: z.literal('transfer'), transfer }),
  /** Who was offered it does not want it; with the last of them a transfer ends. */
  z.object({ kind: z.literal('declined'), by: named }),
  z.object({ kind: z.literal('transfer-ended'), why: z.enum(['timeout', 'cancelled', 'unavailable']) }),
  z.object({ kind: z.literal('closed') }),
  /** Everything up to `seq` has reached (`delivered`) or was seen by (`read`) the sender of this entry. */
  z.object({ kind: z.literal('receipt'), mark: z.enum(['delivered', 'read']), upTo: seq }),
  /** The visitor moved to another page of the site. */
  z.object({ kind: z.literal('page'), page }),
  z.object({ kind: z.literal('details'), details: visitorDetails }),
  /** What a visitor left when nobody could answer (VI-05). */
  z.object({ kind: z.literal('offline'), email, subject: z.nullable(line(200)), text: messageText }),
  /** An entry that is not for the receiver's eyes; it keeps the positions gapless. */
  z.object({ kind: z.literal('hidden') }),
]);
export type Happening = z.infer<typeof happening>;

/** What a visitor is shown as `hidden`. */
export const forOperators: ReadonlySet<Happening['kind']> = new Set([
  'note',
  'routed',
  'transfer',
  'declined',
  'transfer-ended',
]);

/** One line of a conversation's append-only log. `ref` is there only for what a client sent. */
export const entry = z.object({
  seq,
  at: instant,
  sender,
  ref: z.optional(clientRef),
  what: happening,
});
export type Entry = z.infer<typeof entry>;
