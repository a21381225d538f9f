/**
 * Does somebody who serves the language `served` serve a visitor of language `wanted` (BCP 47 tags)? Yes when one tag is
 * the other, or its beginning (RFC 4647, basic filtering, in both directions): `pt` serves `pt-BR`, because it is not
 * particular, and `pt-BR` serves `pt`, because the visitor is not. `pt-PT` does not serve `pt-BR`. Capitals do not
 * matter, and replaced codes are their successors (`iw` is `he`).
 */
export function servesLanguage(served: string, wanted: string): boolean {
  const [one, other] = [`${canonical(served)}-`, `${canonical(wanted)}-`];
  return one.startsWith(other) || other.startsWith(one);
}

/** Asked for each operator's languages at each decision, and slow to find out. */
const known = new Map<string, string>();
const MOST = 1000;

function canonical(tag: string): string {
  const before = known.get(tag);
  if (before !== undefined) return before;
  const text = canonicalOf(tag);
  if (known.size >= MOST) known.clear();
  known.set(tag, text);
  return text;
}

function canonicalOf(tag: string): string {
  try {
    return new Intl.Locale(tag).toString().toLowerCase();
  } catch {
    // Well-formed by our schema, but not a tag: then it is only equal to itself.
    return tag.toLowerCase();
  }
}
