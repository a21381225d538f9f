import type { RoutingSettings } from '#protocol/routing.ts';

/** How an account routes before anybody chose; its own language is added to `languages`. */
export const defaultSettings: RoutingSettings = {
  languages: [],
  urlRouting: false,
  combine: false,
  languageFallback: 'hide',
  distribution: 'ring-all',
  capacity: null,
  answerWithin: 30,
  missedAfter: 300,
  hours: null,
};
