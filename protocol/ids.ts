import * as z from 'zod/mini';

/** Every id is a random UUID: public-safe, never guessable, never a counter. Capitals are the same id. */
export const id = z.uuid().check(z.toLowerCase());

/** Client-made name of one command (UUIDv7). A repeat with the same `ref` returns the first result. */
export const clientRef = z.uuid();

/** Position in a stream: 1 for the first entry, gapless. 0 means "nothing yet". */
export const seq = z.int().check(z.minimum(0));

/** Instant in UTC, ISO 8601 with milliseconds and `Z`. */
export const instant = z.iso.datetime();

/**
 * PostgreSQL cannot store U+0000 in text nor half a surrogate pair in JSON; refusing both here keeps what is stored
 * equal to what was sent.
 */
const storable = z.refine<string>(
  (text) => !text.includes('\u0000') && text.isWellFormed(),
  'must be well-formed text without the NUL character',
);

/** Any text of at most `max` characters, empty too. */
export const text = (max: number) => z.string().check(z.maxLength(max), storable);

/** One line of text, 1 to `max` characters, not only white space. */
export const line = (max: number) =>
  z.string().check(
    z.maxLength(max),
    storable,
    z.refine((text) => text.trim() !== '', 'must not be empty'),
    z.refine((text) => !/[\r\n]/.test(text), 'must be one line'),
  );

/** Running text, 1 to `max` characters, not only white space. */
export const prose = (max: number) =>
  z.string().check(
    z.maxLength(max),
    storable,
    z.refine((text) => text.trim() !== '', 'must not be empty'),
  );

/** One plain address (no display name), at most 254 characters. */
export const email = z.email().check(z.maxLength(254));

/** Address of a page the visitor stands on: http, https or file, at most 2048 characters. */
export const pageUrl = z.url({ protocol: /^(?:https?|file)$/ }).check(z.maxLength(2048), storable);

/** BCP 47 language tag, such as `en` or `pt-BR`. */
export const language = z.string().check(z.regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$/), z.maxLength(35));
