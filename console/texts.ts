import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import core from './core/en.json';
import accounts from './features/accounts/en.json';
import auth from './features/auth/en.json';
import chatboxes from './features/chatboxes/en.json';
import conversations from './features/conversations/en.json';
import mail from './features/mail/en.json';
import memberships from './features/memberships/en.json';
import operators from './features/operators/en.json';
import routing from './features/routing/en.json';
import setup from './features/setup/en.json';
import visitors from './features/visitors/en.json';

const en = {
  core,
  accounts,
  auth,
  chatboxes,
  conversations,
  mail,
  memberships,
  operators,
  routing,
  setup,
  visitors,
};

declare module 'i18next' {
  // Module augmentation is the one place where an interface must stay one.
  interface CustomTypeOptions {
    defaultNS: 'core';
    resources: typeof en;
  }
}

/** Loads every text before the first screen; React escapes, so i18next must not. */
export async function loadTexts(): Promise<void> {
  await i18next.use(initReactI18next).init({
    lng: 'en',
    fallbackLng: 'en',
    resources: { en },
    defaultNS: 'core',
    interpolation: { escapeValue: false },
  });
}
