import { labels, type Language } from './labels.ts';

/** The first language of `wanted` (BCP 47 tags, best first) that the widget speaks; English if none. */
export function chooseLanguage(wanted: readonly string[]): Language {
  for (const tag of wanted) {
    const short = tag.toLowerCase().split('-')[0] ?? '';
    // Hebrew's older code is still what some systems say.
    const code = short === 'iw' ? 'he' : short;
    if (Object.hasOwn(labels, code)) return code as Language;
  }
  return 'en';
}
