import type { Conversation } from '#protocol/conversations.ts';
import type { Entry, Happening, Sender } from '#protocol/entries.ts';
import { notFound, Refusal } from '../../core/errors.ts';
import type { HubEvent } from '../../core/realtime/event.ts';
import type { Published } from '../../core/realtime/hub.ts';
import { topics } from '../../core/realtime/topics.ts';
import type { Logger } from '../../core/logger.ts';
import type { Metrics } from '../../core/metrics.ts';
import type { Database } from '../../core/database/database.ts';
import { appendEntries, type Repeated } from '../../unscoped/append-entries.ts';
import { findRef, loadConversations } from '../../unscoped/read-log.ts';
import type { ConversationKey, StoredConversation } from '../../unscoped/stored-conversation.ts';
import { FairQueue } from './fair-queue.ts';
import { project } from './project.ts';

/** What a verb decides, from the conversation as it is at the moment of writing. */
export type Decide = (conversation: Conversation) => Happening[];

export type Appended = {
  conversationId: string;
  /** Position of the entry that carries the ref; undefined when there was nothing to write. */
  seq: number | undefined;
};

type Work = ConversationKey & {
  sender: Sender;
  ref: string | null;
  decide: Decide;
  /** The state it was refused on, or found nothing to do in, was read for it, so that is the truth. */
  fresh: boolean;
  tries: number;
  since: number;
  resolve: (appended: Appended) => void;
  reject: (error: unknown) => void;
};

/** One conversation's part of a batch. */
type Share = {
  before: StoredConversation;
  after: StoredConversation;
  entries: Entry[];
  works: { work: Work; seq: number | undefined }[];
};

type Written = Pick<Share, 'before' | 'after' | 'entries'> & { changedSeq: number };

const BATCH = 500;
const CACHE = 20_000;
const TRIES = 5;

type Settings = {
  db: Database;
  publish: (published: Published<HubEvent>) => void;
  log: Logger;
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
  readonly #cache = new Map<string, StoredConversation>();
  readonly #queue = new FairQueue<Work>();
  /** What must be decided anew, before anything that arrived later. */
  #again: Work[] = [];
  #running: Promise<void> | undefined;

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  /**
   * Appends what `decide` returns; the last entry carries the ref. Resolves after commit. A repeat of a stored ref by the
   * same sender writes nothing, and resolves with the stored position unless by now there is nothing to do. Rejects with
   * what `decide` throws, `not_found`, or `unavailable`.
   */
  append(key: ConversationKey, sender: Sender, given: string | null, decide: Decide): Promise<Appended> {
    // As PostgreSQL writes it, or a repeat would not be known again.
    const ref = given?.toLowerCase() ?? null;
    return new Promise((resolve, reject) => {
      this.#queue.push(key.accountId, {
        ...key,
        sender,
        ref,
        decide,
        fresh: false,
        tries: 0,
        since: performance.now(),
        resolve,
        reject,
      });
      this.#running ??= this.#run();
    });
  }

  /** Resolves when everything handed in so far is settled. */
  async settled(): Promise<void> {
    while (this.#running) await this.#running;
  }

  /** The conversation as far as this process knows, read if it is not remembered; undefined when there is none. */
  async read(key: ConversationKey): Promise<Conversation | undefined> {
    const remembered = this.#cache.get(keyOf(key.accountId, key.conversationId));
    if (remembered) return remembered.conversation;
    const [stored] = await loadConversations(this.#settings.db, [key]);
    if (stored) this.learn(stored);
    return stored?.conversation;
  }

  /** A conversation that was read elsewhere; what is remembered already is at least as new. */
  learn(stored: StoredConversation): void {
    if (!this.#cache.has(keyOf(stored.accountId, stored.conversation.id))) this.remember(stored);
  }

  /** A conversation that another way of writing has just committed. */
  remember(stored: StoredConversation): void {
    const key = keyOf(stored.accountId, stored.conversation.id);
    this.#cache.delete(key);
    this.#cache.set(key, stored);
    if (this.#cache.size > CACHE) this.#cache.delete(this.#cache.keys().next().value ?? '');
  }

  /** Another process has committed these entries: what is remembered moves on with them, or is forgotten. */
  heard(accountId: string, { conversationId, entries }: { conversationId: string; entries: Entry[] }): void {
    const key = keyOf(accountId, conversationId);
    const stored = this.#cache.get(key);
    if (!stored) return;
    const { lastSeq } = stored.conversation;
    const news = entries.filter(({ seq }) => seq > lastSeq);
    if (news[0]?.seq === lastSeq + 1) this.#cache.set(key, news.reduce(project, stored));
    else if (news.length > 0) this.#cache.delete(key);
  }

  async #run(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    while (!this.#queue.empty) {
      const works = this.#queue.take(BATCH);
      try {
        await this.#batch(works);
      } catch (error) {
        await this.#afterFailure(works, error);
      }
      const again = Map.groupBy(this.#again.splice(0), ({ accountId }) => accountId);
      for (const [accountId, postponed] of again) this.#queue.putBack(accountId, postponed);
    }
    this.#running = undefined;
  }

  async #batch(works: Work[]): Promise<void> {
    const loaded = await this.#load(works);
    const shares = new Map<string, Share>();
    const postponed = new Set<string>();
    const refused: { work: Work; error: unknown }[] = [];
    for (const work of works) {
      const key = keyOf(work.accountId, work.conversationId);
      if (postponed.has(key)) {
        this.#again.push(work);
        continue;
      }
      try {
        this.#decide(work, key, shares);
      } catch (error) {
        if (loaded.has(key) || work.fresh) refused.push({ work, error });
        else {
          // Refused on a remembered state, which another process may have changed: read it and ask again, in order.
          this.#cache.delete(key);
          postponed.add(key);
          this.#again.push({ ...work, fresh: true });
        }
      }
    }
    if (shares.size > 0) await this.#write(shares, loaded);
    for (const { work, error } of refused) await this.#refuse(work, error);
  }

  /** Reads what is not remembered; returns the keys that were read now. */
  async #load(works: Work[]): Promise<Set<string>> {
    const missing = new Map<string, ConversationKey>();
    for (const { accountId, conversationId } of works) {
      const key = keyOf(accountId, conversationId);
      if (!this.#cache.has(key)) missing.set(key, { accountId, conversationId });
    }
    if (missing.size > 0) {
      for (const stored of await loadConversations(this.#settings.db, [...missing.values()]))
        this.remember(stored);
    }
    return new Set(missing.keys());
  }

  #decide(work: Work, key: string, shares: Map<string, Share>): void {
    const before = this.#cache.get(key);
    if (!before) throw notFound('conversation');
    const share = shares.get(key) ?? { before, after: before, entries: [], works: [] };
    const twin = work.ref === null ? undefined : share.works.find(({ work: other }) => isTwin(other, work));
    if (twin) {
      share.works.push({ work, seq: twin.seq });
      return;
    }
    const happenings = work.decide(share.after.conversation);
    const at = new Date().toISOString();
    for (const [index, what] of happenings.entries()) {
      const last = index === happenings.length - 1;
      const seq = share.after.conversation.lastSeq + 1;
      const entry: Entry = {
        seq,
        at,
        sender: work.sender,
        ...(last && work.ref !== null && { ref: work.ref }),
        what,
      };
      share.entries.push(entry);
      share.after = project(share.after, entry);
    }
    share.works.push({ work, seq: happenings.length > 0 ? share.after.conversation.lastSeq : undefined });
    shares.set(key, share);
  }

  async #write(shares: Map<string, Share>, loaded: Set<string>): Promise<void> {
    const writing = [...shares].filter(([, share]) => share.entries.length > 0);
    for (const [key, share] of shares) {
      if (share.entries.length > 0) continue;
      if (loaded.has(key) || share.works.every(({ work }) => work.fresh)) this.#settle(key, share);
      else {
        // That there is nothing to write was decided on a remembered state, as a refusal may be.
        this.#cache.delete(key);
        this.#again.push(...share.works.map(({ work }) => ({ ...work, fresh: true })));
      }
    }
    if (writing.length === 0) return;
    const appends = writing.map(([, { before, after, entries }]) => ({
      expectedSeq: before.conversation.lastSeq,
      stored: after,
      entries,
    }));
    const { written, repeated } = await appendEntries(this.#settings.db, appends);
    const done: Written[] = [];
    for (const [index, [key, share]] of writing.entries()) {
      const changedSeq = written[index];
      if (changedSeq === undefined) {
        this.#leftOut(
          key,
          share,
          repeated.filter((row) => row.index === index),
        );
      } else {
        this.#settle(key, share);
        done.push({ ...share, changedSeq });
      }
    }
    this.#settings.metrics.batch.observe(done.reduce((sum, { entries }) => sum + entries.length, 0));
    this.announce(done);
  }

  #settle(key: string, share: Share): void {
    if (this.#cache.get(key) === share.before) this.remember(share.after);
    for (const { work, seq } of share.works) {
      this.#settings.metrics.append.observe((performance.now() - work.since) / 1000);
      work.resolve({ conversationId: work.conversationId, seq });
    }
  }

  /** The conversation was not written: some of it is stored already, or it has moved on meanwhile. */
  #leftOut(key: string, share: Share, repeated: Repeated[]): void {
    this.#cache.delete(key);
    for (const { work } of share.works) {
      const stored = repeated.find(({ ref, senderId }) => ref === work.ref && senderId === idOf(work.sender));
      if (stored) work.resolve({ conversationId: work.conversationId, seq: stored.seq });
      else
        this.#requeue(
          work,
          new Refusal('unavailable', 'The conversation is very busy. It is tried again.', { after: 1 }),
        );
    }
  }

  /** A refusal of what was stored before, under the same ref, is no refusal but a repeat. */
  async #refuse(work: Work, error: unknown): Promise<void> {
    const senderId = idOf(work.sender);
    const stored =
      work.ref === null || senderId === null
        ? undefined
        : await findRef(this.#settings.db, work.accountId, senderId, work.ref);
    if (stored?.conversationId === work.conversationId) work.resolve(stored);
    else work.reject(error);
  }

  #requeue(work: Work, error: unknown): void {
    if (work.tries >= TRIES) work.reject(error);
    else this.#again.push({ ...work, tries: work.tries + 1 });
  }

  /** Nothing of the batch is known to be written. A repeat is safe where a ref or a state says so; else the sender decides. */
  async #afterFailure(works: Work[], error: unknown): Promise<void> {
    for (const { accountId, conversationId } of works) this.#cache.delete(keyOf(accountId, conversationId));
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    const conversations = new Set(works.map((work) => keyOf(work.accountId, work.conversationId)));
    if (/^(40|23505)/.test(code)) {
      for (const work of works) this.#requeue(work, error);
    } else if (/^(22|23)/.test(code) && conversations.size > 1) {
      // One conversation's data is not acceptable to the database: the others must not suffer for it.
      for (const key of conversations) {
        const own = works.filter((work) => keyOf(work.accountId, work.conversationId) === key);
        await this.#batch(own).catch((thrown: unknown) => own.forEach((work) => work.reject(thrown)));
      }
    } else {
      for (const work of works) work.reject(error);
    }
  }

  /** Tells the followers what is committed: the conversation's own, and the account's operators. */
  announce(shares: Written[]): void {
    const accounts = new Map<string, { seq: number; conversations: Conversation[] }>();
    for (const { before, after, entries, changedSeq } of shares) {
      const { accountId, conversation } = after;
      const { id, lastSeq, state, operator, visitor } = conversation;
      const event: HubEvent = {
        type: 'entries',
        conversationId: id,
        entries,
        head: lastSeq,
        state,
        operator,
        visitor,
      };
      this.#settings.publish({ topic: topics.conversation(accountId, id), seq: lastSeq, event });
      const begun = before.conversation.lastSeq === 0;
      if (begun) this.#settings.publish({ topic: topics.visitor(accountId, visitor.id), event });
      const account = accounts.get(accountId) ?? { seq: changedSeq, conversations: [] };
      account.conversations.push(conversation);
      accounts.set(accountId, account);
    }
    for (const [accountId, { seq, conversations }] of accounts) {
      const event: HubEvent = { type: 'changes', seq, conversations, operators: [] };
      this.#settings.publish({ topic: topics.account(accountId), seq, event });
    }
  }
}

const keyOf = (accountId: string, conversationId: string): string => `${accountId}:${conversationId}`;
const idOf = (sender: Sender): string | null => (sender.kind === 'system' ? null : sender.id);
const isTwin = (a: Work, b: Work): boolean => a.ref === b.ref && idOf(a.sender) === idOf(b.sender);
