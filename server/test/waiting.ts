import type { Conversation, Desk } from '#protocol/conversations.ts';
import type { Entry } from '#protocol/entries.ts';
import { blankConversation } from '../features/conversations/blank-conversation.ts';
import { plan, type Waiting } from '../features/conversations/plan.ts';
import { project } from '../features/conversations/project.ts';
import { defaultSettings } from '../features/routing/default-settings.ts';
import type { RoutedOperator, RoutingConfig } from '../features/routing/route.ts';
import type { StoredConversation } from '../unscoped/stored-conversation.ts';

export const NOW = Date.parse('2026-11-22T09:00:00.000Z');
export const instant = (seconds: number) => new Date(NOW + seconds * 1000).toISOString();

export const config = (more: Partial<RoutingConfig['settings']> = {}): RoutingConfig => ({
  accountLanguage: 'en',
  settings: { ...defaultSettings, languages: ['en'], answerWithin: 30, missedAfter: 300, ...more },
  departments: [],
  destinations: {},
  rules: [],
  offlineRecipients: [],
  undoable: false,
});
export const operator = (id: string, more: Partial<RoutedOperator> = {}): RoutedOperator => ({
  id,
  name: id,
  status: 'online',
  load: 0,
  capacity: null,
  offeredAt: null,
  ...more,
});
export const everybody: Desk = {
  audience: null,
  ring: null,
  ringUntil: null,
  passed: [],
  declined: [],
  transfer: null,
};
let made = 0;
export const chat = (more: Partial<Conversation> = {}): Conversation => {
  const { conversation } = blankConversation({
    accountId: 'a',
    chatboxId: 'box',
    channel: 'chat',
    visitor: { id: `v${(made += 1)}`, name: null, email: null },
    desk: everybody,
  });
  return { ...conversation, createdAt: instant(made), waitingSince: instant(-10), ...more };
};
export const open = (owner: string, more: Partial<Conversation> = {}) =>
  chat({ state: 'open', operator: { id: owner, name: owner }, waitingSince: null, desk: null, ...more });
export const alone: Partial<RoutingConfig['settings']> = { distribution: 'round-robin' };
export const rung = (id: string, seconds: number, passed: string[] = []): Desk => ({
  ...everybody,
  ring: [id],
  ringUntil: instant(seconds),
  passed,
});

export const run = (waiting: Partial<Waiting>) =>
  plan({
    config: config(),
    operators: [operator('anna'), operator('bela')],
    desks: [],
    left: [],
    messages: [],
    at: new Date(NOW),
    ...waiting,
  });

/** What the conversation is after the plan. */
export function after(seen: Conversation, { steps }: ReturnType<typeof plan>): Conversation {
  const happenings = steps.find((step) => step.seen.id === seen.id)?.happenings ?? [];
  const stored: StoredConversation = {
    accountId: 'a',
    chatboxId: 'box',
    unreadSeqs: [],
    visitorUnreadSeqs: [],
    conversation: seen,
  };
  return happenings.reduce((now, what) => {
    const entry: Entry = {
      seq: now.conversation.lastSeq + 1,
      at: instant(0),
      sender: { kind: 'system' },
      what,
    };
    return project(now, entry);
  }, stored).conversation;
}
