import i18next from 'i18next';

// Languages that people choose most often for a site; any other BCP 47 tag already stored stays selectable.
const COMMON =
  'ar bg ca cs da de el en es et fa fi fr he hi hr hu id it ja ko lt lv ms nl no pl pt pt-BR ro ru sk sl sr sv th tr uk vi zh zh-TW';

/**
 * Languages by their own names, sorted, each with its name in the language of the screen, by which it is found too;
 * `current` is among them whatever it is.
 */
export function languageOptions(current?: string): { value: string; label: string }[] {
  const tags = new Set(COMMON.split(' '));
  if (current !== undefined) tags.add(current);
  return [...tags]
    .map((value) => {
      const own = nameIn(value, value);
      const name = own.charAt(0).toLocaleUpperCase(value) + own.slice(1);
      const here = languageName(value);
      return { value, label: name === here ? name : `${name} (${here})` };
    })
    .sort((a, b) => a.label.localeCompare(b.label));
}

/** Name of a language in the language of the screen, for sentences; a tag that has none is its own name. */
export const languageName = (tag: string): string => nameIn(tag, i18next.language);

function nameIn(tag: string, language: string): string {
  try {
    return new Intl.DisplayNames([language, 'en'], { type: 'language' }).of(tag) ?? tag;
  } catch {
    // Well-formed for the server, but no tag for Intl.
    return tag;
  }
}
