/** Longest message, in UTF-16 code units: TEXT_LIMIT of protocol/entries.ts, whose schemas stay out of the widget. */
export const TEXT_LIMIT = 4000;

const EMAIL =
  /^(?!\.)(?!.*\.\.)([A-Za-z0-9_'+\-.]*)[A-Za-z0-9_+-]@([A-Za-z0-9][A-Za-z0-9-]*\.)+[A-Za-z]{2,}$/;

/** What is sent of what was typed; empty if nothing. */
export const clean = (text: string): string => text.replaceAll('\0', '').trim();

/** Whether the server takes it as an address. */
export const isEmail = (text: string): boolean => text.length <= 254 && EMAIL.test(text);
