import * as z from 'zod/mini';
import { clientRef, email, id, instant, line, pageUrl, prose, seq, text } from './ids.ts';

/** Longest message text, in UTF-16 code units. */
export const TEXT_LIMIT = 4000;

export const messageText = prose(TEXT_LIMIT);

/** Who wrote an entry. Names are not here: an operator's name is in the `joined` entry before its first message. */
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
  /** An operator owns the conversation from here on. */
  z.object({ kind: z.literal('joined'), operator: z.object({ id, name: z.string() }) }),
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

/** One line of a conversation's append-only log. `ref` is there only for what a client sent. */
export const entry = z.object({
  seq,
  at: instant,
  sender,
  ref: z.optional(clientRef),
  what: happening,
});
export type Entry = z.infer<typeof entry>;
