import type { Conversation } from '#protocol/conversations.ts';
import type { Logger } from '../../core/logger.ts';
import type { HubEvent } from '../../core/realtime/event.ts';
import type { Published } from '../../core/realtime/hub.ts';
import { topicOf, topics } from '../../core/realtime/topics.ts';
import type { Context } from '../../context.ts';
import { accountsThatWait, accountsWithMessages } from '../../unscoped/read-waiting.ts';
import { usualAbsence, type Absence } from '../operators/absence.ts';
import { forgetUnheard } from '../operators/forget-unheard.ts';
import { noteOffered } from '../operators/note-offered.ts';
import { showsWhoIsFree } from '../routing/serves-widget.ts';
import { appendWith } from './append-with.ts';
import type { Decide } from './lane.ts';
import { mailMissed } from './mail-offline.ts';
import { plan, type Plan, type Step } from './plan.ts';
import { readSituation } from './situation.ts';
import { listAbsentOwners, listDesks, listMessages, listOpenOf } from './store.ts';

const SWEEP_MS = 5000;
/** Nobody waits in front of the screen for these, and an account may keep many of them for long. */
const SWEEP_MESSAGES_MS = 300_000;

/** `owned`: operators have a chat more or less. `rules`: who may take what is left off-line may be others. */
type Reason = 'owned' | 'rules';

type Work = {
  /** Something has changed meanwhile. */
  again: boolean;
  /** What was not looked at since. */
  why: Set<Reason>;
  done: Promise<void>;
};

/**
 * Brings everything that waits to where the rules say, whenever something may have changed and every five seconds. It
 * remembers nothing that it could not do without: each time it reads the whole waiting set and does what is missing, and
 * what it does is decided anew at the moment of writing. So it may run on several processes at once, or be killed anywhere.
 */
export class Reconciler implements AsyncDisposable {
  readonly #getContext: () => Context;
  readonly #absence: Pick<Absence, 'lostAfterMs'>;
  /** Accounts at work. */
  readonly #running = new Map<string, Work>();
  readonly #timers = new Map<string, NodeJS.Timeout>();
  /** Since when an operator with open chats has been seen absent, by account. */
  readonly #absent = new Map<string, Map<string, number>>();
  /** What visitors were told of their place in the queue, by account. */
  readonly #told = new Map<string, Map<string, string>>();
  readonly #sweeps = new Set<NodeJS.Timeout>();
  #stopped = false;

  constructor(context: () => Context, absence: Pick<Absence, 'lostAfterMs'> = usualAbsence) {
    this.#getContext = context;
    this.#absence = absence;
  }

  start(): void {
    this.#every(SWEEP_MS, () => this.sweep());
    this.#every(SWEEP_MESSAGES_MS, () => this.sweepMessages());
  }

  #every(ms: number, sweep: () => Promise<void>): void {
    const timer = setTimeout(() => {
      this.#sweeps.delete(timer);
      void sweep()
        .catch((error: unknown) => this.#log.warn({ err: error }, 'what waits could not be read'))
        .then(() => this.#stopped || this.#every(ms, sweep));
    }, ms).unref();
    this.#sweeps.add(timer);
  }

  /** Whoever is there, and whatever the rules are: if that changes, somebody may be waiting for it. */
  noticed({ topic, event }: Published<HubEvent>): void {
    const to = topicOf(topic);
    if (to?.kind !== 'a') return;
    const rules =
      event.type === 'changes' &&
      (event.operators.length > 0 || event.removedOperators !== undefined || event.routing !== undefined);
    if (rules) this.soon(to.accountId, 'rules');
    else if (event.type === 'presence') this.soon(to.accountId);
  }

  /** Looks at an account soon, once for all that is asked meanwhile. */
  soon(accountId: string, why?: Reason): void {
    const running = this.#running.get(accountId);
    if (running) {
      running.again = true;
      if (why) running.why.add(why);
    } else if (!this.#stopped) {
      const work = { again: false, why: new Set(why && [why]), done: Promise.resolve() };
      this.#running.set(accountId, work);
      work.done = this.#run(accountId, work);
    }
  }

  /** A visitor has come back: it is told its place even if that has not changed. */
  cameBack(accountId: string, conversationId: string): void {
    this.#told.get(accountId)?.delete(conversationId);
    this.soon(accountId);
  }

  /** Every account where somebody waits, or where an operator with open chats is not there. */
  async sweep(): Promise<void> {
    const accountIds = await accountsThatWait(this.#context.db);
    const waiting = new Set(accountIds);
    for (const map of [this.#absent, this.#told]) {
      for (const accountId of map.keys()) if (!waiting.has(accountId)) map.delete(accountId);
    }
    for (const accountId of accountIds) this.soon(accountId);
  }

  /** Every account with off-line messages, one after the other: chats come first. */
  async sweepMessages(): Promise<void> {
    for (const accountId of await accountsWithMessages(this.#context.db)) {
      this.soon(accountId, 'rules');
      await this.#running.get(accountId)?.done;
    }
  }

  /** Resolves when nothing is being looked at. */
  async settled(): Promise<void> {
    while (this.#running.size > 0) await Promise.all([...this.#running.values()].map(({ done }) => done));
  }

  async #run(accountId: string, work: Work): Promise<void> {
    // What changes in one turn is looked at once.
    await new Promise((resolve) => setImmediate(resolve));
    try {
      do {
        work.again = false;
        await this.#reconcile(accountId, work);
      } while (work.again && !this.#stopped);
    } catch (error) {
      // The next sweep looks again.
      this.#log.warn({ err: error, accountId }, 'what waits could not be brought on');
    } finally {
      this.#running.delete(accountId);
    }
  }

  async #reconcile(accountId: string, work: Work): Promise<void> {
    const { db } = this.#context;
    const why = new Set(work.why);
    work.why.clear();
    const { made, shown } = await db.inAccount(accountId, async (tx) => {
      const desks = await listDesks(tx, accountId);
      const situation = await readSituation(tx, accountId);
      const ids = situation.operators.map(({ id }) => id);
      const members = new Set(ids);
      const lost = this.#lost(accountId, await listAbsentOwners(tx, accountId), members);
      const left = lost.length > 0 ? await listOpenOf(tx, accountId, lost) : [];
      const messages = why.has('rules') ? await listMessages(tx, accountId, ids) : [];
      const at = new Date();
      const made = plan({
        ...situation,
        desks,
        left: left.filter(
          (chat) => !members.has(chat.operator?.id ?? '') || chat.preview?.from === 'visitor',
        ),
        messages,
        at,
      });
      return { made, shown: showsWhoIsFree(situation.config, situation.operators) };
    });
    if (why.has('owned') && shown) {
      forgetUnheard(this.#context, accountId);
      await this.#context.presence.busier(accountId);
    }
    for (const step of made.steps) await this.#do(accountId, step);
    this.#tell(accountId, made.places);
    this.#wake(accountId, made.due);
  }

  /** Those of the absent who have been so for too long, or are no operators any more. */
  #lost(accountId: string, absent: string[], members: ReadonlySet<string>): string[] {
    const since = this.#absent.get(accountId) ?? new Map<string, number>();
    const now = performance.now();
    const still = new Map(absent.map((id) => [id, since.get(id) ?? now]));
    if (still.size > 0) this.#absent.set(accountId, still);
    else this.#absent.delete(accountId);
    return absent.filter(
      (id) => !members.has(id) || now - (still.get(id) ?? now) >= this.#absence.lostAfterMs,
    );
  }

  async #do(accountId: string, { seen, happenings }: Step): Promise<void> {
    const key = { accountId, conversationId: seen.id };
    const said = { sender: { kind: 'system' } as const, ref: null, decide: asSeen(seen, happenings) };
    await appendWith(this.#context, key, said, async (tx) => {
      for (const what of happenings) {
        if (what.kind === 'missed') await mailMissed(this.#context, tx, accountId, seen.id);
        if (what.kind === 'routed' && what.until !== null) await noteOffered(tx, accountId, what.ring ?? []);
      }
    });
  }

  #tell(accountId: string, places: Plan['places']): void {
    const told = this.#told.get(accountId);
    const now = new Map([...places].map(([id, place]) => [id, JSON.stringify(place)]));
    for (const [conversationId, { visitorId, ...place }] of places) {
      if (told?.get(conversationId) === now.get(conversationId)) continue;
      this.#context.hub.publish({
        topic: topics.visitor(accountId, visitorId),
        droppable: true,
        event: { type: 'queue', conversationId, ...place },
      });
    }
    if (now.size > 0) this.#told.set(accountId, now);
    else this.#told.delete(accountId);
  }

  #wake(accountId: string, due: number | null): void {
    clearTimeout(this.#timers.get(accountId));
    this.#timers.delete(accountId);
    if (due === null || this.#stopped) return;
    const timer = setTimeout(
      () => {
        this.#timers.delete(accountId);
        this.soon(accountId);
      },
      Math.max(due - Date.now(), 10),
    ).unref();
    this.#timers.set(accountId, timer);
  }

  get #context(): Context {
    return this.#getContext();
  }

  get #log(): Logger {
    return this.#context.logger;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopped = true;
    for (const timer of [...this.#sweeps, ...this.#timers.values()]) clearTimeout(timer);
    await this.settled();
  }
}

/** Nothing, if somebody has moved it meanwhile, or answered what nobody seemed to answer: the next look decides anew. */
const asSeen =
  (seen: Conversation, happenings: Step['happenings']): Decide =>
  (now) =>
    now.state === seen.state &&
    now.operator?.id === seen.operator?.id &&
    JSON.stringify(now.desk) === JSON.stringify(seen.desk) &&
    !(isLost(happenings) && now.preview?.from === 'operator')
      ? happenings
      : [];

const isLost = (happenings: Step['happenings']): boolean =>
  happenings.some((what) => what.kind === 'queued' && what.why === 'operator-lost');
