import type { Entry } from '#protocol/entries.ts';
import type { StoredConversation } from '../../unscoped/stored-conversation.ts';
import { project } from './project.ts';

const MOST = 20_000;

/** Conversations as this process knows them; the least recently written go first. May be old: a write compares. */
export class Remembered {
  readonly #conversations = new Map<string, StoredConversation>();

  get(key: string): StoredConversation | undefined {
    return this.#conversations.get(key);
  }

  /** What was read before the last writing and comes only now changes nothing. */
  set(stored: StoredConversation): void {
    const key = keyOf(stored.accountId, stored.conversation.id);
    if ((this.#conversations.get(key)?.conversation.lastSeq ?? 0) >= stored.conversation.lastSeq) return;
    this.#conversations.delete(key);
    this.#conversations.set(key, stored);
    if (this.#conversations.size > MOST) this.forget(this.#conversations.keys().next().value ?? '');
  }

  forget(key: string): void {
    this.#conversations.delete(key);
  }

  /** Another process has committed these entries: what is remembered moves on with them, or is forgotten. */
  heard(key: string, entries: Entry[]): void {
    const stored = this.#conversations.get(key);
    if (!stored) return;
    const { lastSeq } = stored.conversation;
    const news = entries.filter(({ seq }) => seq > lastSeq);
    if (news[0]?.seq === lastSeq + 1) this.#conversations.set(key, news.reduce(project, stored));
    else if (news.length > 0) this.forget(key);
  }
}

export const keyOf = (accountId: string, conversationId: string): string => `${accountId}:${conversationId}`;
