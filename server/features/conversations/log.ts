import type { Conversation } from '#protocol/conversations.ts';
import type { Entry, Sender } from '#protocol/entries.ts';
import type { HubEvent } from '../../core/realtime/event.ts';
import type { Published } from '../../core/realtime/hub.ts';
import { topics } from '../../core/realtime/topics.ts';
import type { Metrics } from '../../core/metrics.ts';
import { Turns } from '../../core/turns.ts';
import type { Database } from '../../core/database/database.ts';
import { loadConversations } from '../../unscoped/read-log.ts';
import type { ConversationKey, StoredConversation } from '../../unscoped/stored-conversation.ts';
import { Lane, type Appended, type Decide, type Written } from './lane.ts';
import { keyOf, Remembered } from './remembered.ts';

/** Statements in flight at once: while one is at the disk, the other is at work. */
const LANES = 2;

type Settings = {
  db: Database;
  publish: (published: Published<HubEvent>) => void;
  /** A conversation waits, or somebody else answers it; `owned`: an operator has a chat more or less. */
  moved: (accountId: string, owned: boolean) => void;
  metrics: Metrics;
};

/**
 * The only writer of entries. Verbs hand in a pure decision; decisions that arrive together commit together in one
 * statement, with no timer: while one batch is in flight the next one fills (design.md 3, data.md 2a).
 *
 * Conversations are remembered between batches. The statement writes a conversation only if its position is still the
 * remembered one, so a second process or a forgotten reload can cost a repeat, never a wrong entry.
 */
export class ConversationLog {
  readonly #settings: Settings;
  readonly #remembered = new Remembered();
  readonly #lanes: Lane[];
  /** For what takes more than handing in: an account's `appendWith`, and what an operator says while it takes a chat. */
  readonly turns = new Turns();

  constructor(settings: Settings) {
    this.#settings = settings;
    const written = (shares: Written[]) => this.announce(shares);
    const skipped = (accountId: string, seq: number) => this.#tellChanges(accountId, seq, []);
    this.#lanes = Array.from(
      { length: LANES },
      () => new Lane({ ...settings, remembered: this.#remembered, written, skipped }),
    );
  }

  /**
   * Appends what `decide` returns; the last entry carries the ref. Resolves after commit. A repeat of a stored ref by the
   * same sender writes nothing, and resolves with the stored position unless by now there is nothing to do. Rejects with
   * what `decide` throws, `not_found`, or `unavailable`.
   */
  append(key: ConversationKey, sender: Sender, given: string | null, decide: Decide): Promise<Appended> {
    // As PostgreSQL writes it, or a repeat would not be known again.
    const ref = given?.toLowerCase() ?? null;
    const since = performance.now();
    return new Promise((resolve, reject) => {
      // Account ids are random, so their digits spread them evenly.
      const lane = this.#lanes[Number.parseInt(key.accountId.slice(-4), 16) % LANES]!;
      lane.push({ ...key, sender, ref, decide, fresh: false, tries: 0, since, resolve, reject });
    });
  }

  /** Resolves when everything handed in so far is settled. */
  async settled(): Promise<void> {
    await Promise.all(this.#lanes.map((lane) => lane.settled()));
  }

  /** The conversation as far as this process knows, read if it is not remembered; undefined when there is none. */
  async read(key: ConversationKey): Promise<Conversation | undefined> {
    const remembered = this.#remembered.get(keyOf(key.accountId, key.conversationId));
    if (remembered) return remembered.conversation;
    const [stored] = await loadConversations(this.#settings.db, [key]);
    if (stored) this.remember(stored);
    return stored?.conversation;
  }

  /** A conversation that was read elsewhere, or that another way of writing has just committed. */
  remember(stored: StoredConversation): void {
    this.#remembered.set(stored);
  }

  /** Another process has committed these entries. */
  heard(accountId: string, { conversationId, entries }: { conversationId: string; entries: Entry[] }): void {
    this.#remembered.heard(keyOf(accountId, conversationId), entries);
  }

  /** Tells the followers what is committed: the conversation's own, and the account's operators. */
  announce(shares: Written[]): void {
    const accounts = new Map<string, { seq: number; conversations: Conversation[] }>();
    for (const { before, after, entries, changedSeq } of shares) {
      const { accountId, conversation } = after;
      const { id, lastSeq, channel, state, operator, visitor, desk } = conversation;
      const event: HubEvent = {
        type: 'entries',
        conversationId: id,
        entries,
        head: lastSeq,
        channel,
        state,
        operator,
        visitor,
        desk,
      };
      this.#settings.publish({ topic: topics.conversation(accountId, id), seq: lastSeq, event });
      const begun = before.conversation.lastSeq === 0;
      if (begun) this.#settings.publish({ topic: topics.visitor(accountId, visitor.id), event });
      const account = accounts.get(accountId) ?? { seq: changedSeq, conversations: [] };
      account.conversations.push(conversation);
      accounts.set(accountId, account);
      if (hasMoved(before.conversation, conversation))
        this.#settings.moved(accountId, ownerOf(before.conversation) !== ownerOf(conversation));
    }
    for (const [accountId, { seq, conversations }] of accounts)
      this.#tellChanges(accountId, seq, conversations);
  }

  #tellChanges(accountId: string, seq: number, conversations: Conversation[]): void {
    const event: HubEvent = { type: 'changes', seq, conversations, operators: [] };
    this.#settings.publish({ topic: topics.account(accountId), seq, event });
  }
}

/** Whose chats it counts among (OP-14). */
const ownerOf = ({ channel, state, operator }: Conversation): string | undefined =>
  channel === 'chat' && state === 'open' ? operator?.id : undefined;

/** Whether who waits, or who answers, is another. */
const hasMoved = (before: Conversation, after: Conversation): boolean =>
  after.lastSeq === 1 ||
  before.state !== after.state ||
  before.operator?.id !== after.operator?.id ||
  before.desk !== after.desk;
