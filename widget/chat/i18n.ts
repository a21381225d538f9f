import type { Language } from '../bridge/labels.ts';
import type { en } from './locales/en.ts';

export type Key = keyof typeof en;
/** Texts of one language. `{x}` is filled in; `|` divides the forms of a number, in the order of `Intl.PluralRules`. */
export type Texts = Record<Key, string>;
export type Translate = (key: Key, values?: Record<string, string | number>) => string;

const files: Record<Language, () => Promise<Texts>> = {
  en: () => import('./locales/en.ts').then((file) => file.en),
  de: () => import('./locales/de.ts').then((file) => file.de),
  fr: () => import('./locales/fr.ts').then((file) => file.fr),
  es: () => import('./locales/es.ts').then((file) => file.es),
  it: () => import('./locales/it.ts').then((file) => file.it),
  pt: () => import('./locales/pt.ts').then((file) => file.pt),
  nl: () => import('./locales/nl.ts').then((file) => file.nl),
  pl: () => import('./locales/pl.ts').then((file) => file.pl),
  tr: () => import('./locales/tr.ts').then((file) => file.tr),
  ar: () => import('./locales/ar.ts').then((file) => file.ar),
  he: () => import('./locales/he.ts').then((file) => file.he),
};

/** English when the file of a language cannot be fetched; rejects when that cannot either. */
export function loadTexts(language: Language): Promise<Texts> {
  return files[language]().catch(files.en);
}

/** Forms that a language's numbers take, in the order in which a text lists them. */
export function pluralForms(language: string): Intl.LDMLPluralRule[] {
  const order: Intl.LDMLPluralRule[] = ['zero', 'one', 'two', 'few', 'many', 'other'];
  const forms = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
  return order.filter((form) => forms.includes(form));
}

export function translator(language: string, texts: Texts): Translate {
  const rules = new Intl.PluralRules(language);
  const forms = pluralForms(language);
  const numbers = new Intl.NumberFormat(language);
  return (key, values = {}) => {
    const choices = texts[key].split('|');
    const { n } = values;
    const form = typeof n === 'number' ? forms.indexOf(rules.select(n)) : 0;
    const text = choices[form] ?? choices.at(-1) ?? '';
    return text.replace(/\{(\w+)\}/g, (_, name: string) => {
      const value = values[name] ?? '';
      return typeof value === 'number' ? numbers.format(value) : value;
    });
  };
}
