import type { Conversation } from '#protocol/conversations.ts';
import type { Entry, Happening, Sender } from '#protocol/entries.ts';
import { notFound, Refusal } from '../../core/errors.ts';
import type { Metrics } from '../../core/metrics.ts';
import type { Database } from '../../core/database/database.ts';
import { appendEntries, type Repeated } from '../../unscoped/append-entries.ts';
import { findRef, loadConversations } from '../../unscoped/read-log.ts';
import type { ConversationKey, StoredConversation } from '../../unscoped/stored-conversation.ts';
import { FairQueue } from './fair-queue.ts';
import { extend } from './project.ts';
import { keyOf, type Remembered } from './remembered.ts';

/** What a verb decides, from the conversation as it is at the moment of writing. */
export type Decide = (conversation: Conversation) => Happening[];

export type Appended = {
  conversationId: string;
  /** Position of the entry that carries the ref; undefined when there was nothing to write. */
  seq: number | undefined;
};

export type Work = ConversationKey & {
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

/** What a batch has committed of one conversation. */
export type Written = Pick<Share, 'before' | 'after' | 'entries'> & { changedSeq: number };

const BATCH = 500;
const TRIES = 5;

type Settings = {
  db: Database;
  metrics: Metrics;
  remembered: Remembered;
  /** Told after each commit, in the order of the commits. */
  written: (shares: Written[]) => void;
  /** Told of a position of an account's changes at which nothing has changed. */
  skipped: (accountId: string, seq: number) => void;
};

/**
 * Writes what is handed in, batch after batch: one statement is in flight, and what arrives meanwhile makes the next.
 * Works of one account always take the same lane, so that lanes neither wait for each other's locks nor commit an
 * account's changes in another order than they tell them.
 */
export class Lane {
  readonly #settings: Settings;
  readonly #queue = new FairQueue<Work>();
  /** What must be decided anew, before anything that arrived later. */
  #again: Work[] = [];
  #running: Promise<void> | undefined;

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  push(work: Work): void {
    this.#queue.push(work.accountId, work);
    this.#running ??= this.#run();
  }

  /** Resolves when everything handed in so far is settled. */
  async settled(): Promise<void> {
    while (this.#running) await this.#running;
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
          this.#settings.remembered.forget(key);
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
      if (!this.#settings.remembered.get(key)) missing.set(key, { accountId, conversationId });
    }
    if (missing.size > 0) {
      for (const stored of await loadConversations(this.#settings.db, [...missing.values()]))
        this.#settings.remembered.set(stored);
    }
    return new Set(missing.keys());
  }

  #decide(work: Work, key: string, shares: Map<string, Share>): void {
    const before = this.#settings.remembered.get(key);
    if (!before) throw notFound('conversation');
    const share = shares.get(key) ?? { before, after: before, entries: [], works: [] };
    const twin = work.ref === null ? undefined : share.works.find(({ work: other }) => isTwin(other, work));
    if (twin) {
      share.works.push({ work, seq: twin.seq });
      return;
    }
    const { sender, ref } = work;
    const happenings = work.decide(share.after.conversation);
    const { after, entries } = extend(share.after, { sender, ref, happenings });
    share.after = after;
    share.entries.push(...entries);
    share.works.push({ work, seq: entries.at(-1)?.seq });
    shares.set(key, share);
  }

  async #write(shares: Map<string, Share>, loaded: Set<string>): Promise<void> {
    const writing = [...shares].filter(([, share]) => share.entries.length > 0);
    for (const [key, share] of shares) {
      if (share.entries.length > 0) continue;
      if (loaded.has(key) || share.works.every(({ work }) => work.fresh)) this.#settle(key, share);
      else {
        // That there is nothing to write was decided on a remembered state, as a refusal may be.
        this.#settings.remembered.forget(key);
        this.#again.push(...share.works.map(({ work }) => ({ ...work, fresh: true })));
      }
    }
    if (writing.length === 0) return;
    const appends = writing.map(([, { before, after, entries }]) => ({
      expectedSeq: before.conversation.lastSeq,
      stored: after,
      entries,
    }));
    const { written, repeated, skipped } = await appendEntries(this.#settings.db, appends);
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
    this.#settings.written(done);
    for (const { accountId, seq } of skipped) this.#settings.skipped(accountId, seq);
  }

  #settle(key: string, share: Share): void {
    if (this.#settings.remembered.get(key) === share.before) this.#settings.remembered.set(share.after);
    for (const { work, seq } of share.works) {
      this.#settings.metrics.append.observe((performance.now() - work.since) / 1000);
      work.resolve({ conversationId: work.conversationId, seq });
    }
  }

  /** The conversation was not written: some of it is stored already, or it has moved on meanwhile. */
  #leftOut(key: string, share: Share, repeated: Repeated[]): void {
    this.#settings.remembered.forget(key);
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
    for (const { accountId, conversationId } of works)
      this.#settings.remembered.forget(keyOf(accountId, conversationId));
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
}

const idOf = (sender: Sender): string | null => (sender.kind === 'system' ? null : sender.id);
const isTwin = (a: Work, b: Work): boolean => a.ref === b.ref && idOf(a.sender) === idOf(b.sender);
