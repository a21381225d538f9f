import type { Language } from '../bridge/labels.ts';

export function direction(language: Language): 'ltr' | 'rtl' {
  return language === 'ar' || language === 'he' ? 'rtl' : 'ltr';
}
