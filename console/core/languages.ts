// Languages that people choose most often for a site; any other BCP 47 tag already stored stays selectable.
const COMMON =
  'ar bg ca cs da de el en es et fa fi fr he hi hr hu id it ja ko lt lv ms nl no pl pt pt-BR ro ru sk sl sr sv th tr uk vi zh zh-TW';

/** Languages by their own names, sorted; `current` is among them whatever it is. */
export function languageOptions(current?: string): { value: string; label: string }[] {
  const tags = new Set(COMMON.split(' '));
  if (current !== undefined) tags.add(current);
  return [...tags]
    .map((value) => {
      const name = new Intl.DisplayNames([value, 'en'], { type: 'language' }).of(value) ?? value;
      return { value, label: name.charAt(0).toLocaleUpperCase(value) + name.slice(1) };
    })
    .sort((a, b) => a.label.localeCompare(b.label));
}

/** A language as the person who looks calls it. */
export function languageName(tag: string): string {
  return new Intl.DisplayNames([navigator.language, 'en'], { type: 'language' }).of(tag) ?? tag;
}
