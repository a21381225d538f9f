/** A run of text; with `href` it is shown as a link. The texts of all pieces joined are the input. */
export type Piece = { text: string; href?: string | undefined };

const LONGEST_LINK = 2048;
const ADDRESS = /^[\p{L}\p{N}.!#$%&*+/=?^_`{|}~-]{1,64}@[a-z0-9-]+(?:\.[a-z0-9-]+)+$/iu;
const CLOSERS: Record<string, string> = { ')': '(', ']': '[', '}': '{' };

function count(text: string, character: string): number {
  let found = 0;
  for (const one of text) if (one === character) found += 1;
  return found;
}

/** Length of `text` without the punctuation that ends the sentence around it, not the link. */
function lengthWithoutTail(text: string): number {
  const surplus = new Map<string, number>();
  let end = text.length;
  for (; end > 0; end -= 1) {
    const last = text.charAt(end - 1);
    if ('.,;:!?\'"*_~…'.includes(last)) continue;
    const opener = CLOSERS[last];
    if (opener === undefined) break;
    const left = surplus.get(last) ?? count(text, last) - count(text, opener);
    if (left <= 0) break;
    surplus.set(last, left - 1);
  }
  return end;
}

// URL.parse would say it in one word, but browsers have it only since 2024.
function parse(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}

/** Only what a person can check by reading it becomes a link: web addresses without a hidden user name, and mail. */
function hrefOf(text: string): string | undefined {
  if (text.length > LONGEST_LINK) return undefined;
  if (ADDRESS.test(text)) {
    // `?` and `&` in the name would add recipients or a subject that nobody reads.
    const at = text.indexOf('@');
    return `mailto:${encodeURIComponent(text.slice(0, at))}${text.slice(at)}`;
  }
  const url = parse(/^www\./i.test(text) ? `https://${text}` : text);
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '')
    return undefined;
  return url.href;
}

/**
 * Finds the web and mail addresses in what people write. At most one link in a run without white space; time is
 * linear in the length of the text.
 */
export function linkify(text: string): Piece[] {
  const pieces: Piece[] = [];
  let done = 0;
  for (const run of text.matchAll(/\S+/g)) {
    const word = run[0];
    const web = word.search(/https?:\/\/|www\./i);
    const start = web >= 0 ? web : word.search(/[^("'<[{]/);
    if (start < 0 || (web < 0 && !word.includes('@'))) continue;
    const stop = word.slice(start).search(/[<>"]/);
    const candidate = stop < 0 ? word.slice(start) : word.slice(start, start + stop);
    const link = candidate.slice(0, lengthWithoutTail(candidate));
    const href = hrefOf(link);
    if (href === undefined) continue;
    const from = run.index + start;
    if (from > done) pieces.push({ text: text.slice(done, from) });
    pieces.push({ text: link, href });
    done = from + link.length;
  }
  if (done < text.length) pieces.push({ text: text.slice(done) });
  return pieces;
}
