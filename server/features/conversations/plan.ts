import type { Conversation, Desk } from '#protocol/conversations.ts';
import type { Happening } from '#protocol/entries.ts';
import type { RoutingDecision } from '#protocol/routing.ts';
import { hasRoom, route, type RoutedOperator } from '../routing/route.ts';
import { callsTheFree, deskOf } from './route-new.ts';
import type { Situation } from './situation.ts';

/** All of an account that waits for somebody, at one moment. */
export type Waiting = Situation & {
  /** Chats that wait or are offered to others, in any order. */
  desks: Conversation[];
  /** Open chats whose operator is not there any more: deleted, or absent for too long without having answered. */
  left: Conversation[];
  /** Off-line messages that wait, or whose operator is deleted. */
  messages: Conversation[];
  at: Date;
};

/** What is to be added to a conversation, as long as it is still as it was seen. */
export type Step = { seen: Conversation; happenings: Happening[] };

/** How many are answered before a chat, itself counted; whether somebody is there for it, and else when somebody will be. */
export type Place = { position: number; online: boolean; opensAt: string | null };

export type Plan = {
  steps: Step[];
  /** By waiting conversation: what its visitor is told (VI-13). */
  places: Map<string, Place & { visitorId: string }>;
  /** When time alone changes something, ms since the epoch; null never. */
  due: number | null;
};

/**
 * What has to happen so that everybody who waits is offered to whom the rules say (OP-14). Looks at all that waits, each
 * time anew, so no event that was missed can leave a visitor behind; where all is as it should be the plan has no steps.
 * Pure.
 */
export function plan(waiting: Waiting): Plan {
  const made: Plan = { steps: [], places: new Map(), due: null };
  const due = (instant: string | null) => {
    if (instant !== null) made.due = Math.min(made.due ?? Infinity, Date.parse(instant));
  };
  planQueue(waiting, made, due);
  planTransfers(waiting, made, due);
  planMessages(waiting, made);
  return made;
}

/**
 * An off-line message waits for whoever will be there, so who may take it follows the rules alone, not who is there now
 * (OC-16). It rings nobody, and is not missed a second time.
 */
function planMessages({ config, operators, messages, at }: Waiting, made: Plan) {
  const absent = operators.map((each) => ({ ...each, status: 'offline' as const }));
  for (const seen of messages) {
    const { steps, ...decided } = route(config, absent, { ...requestOf(seen), at, except: new Set() });
    const decision = { ...decided, steps: steps.filter(({ step }) => step !== 'present') };
    const before = seen.state === 'open' ? null : seen.desk;
    if (before && same(before.audience, decision.audience)) continue;
    const happenings: Happening[] = seen.state === 'open' ? [{ kind: 'queued', why: 'operator-gone' }] : [];
    happenings.push({ kind: 'routed', decision, ring: [], until: null, passed: before?.passed ?? [] });
    made.steps.push({ seen, happenings });
  }
}

/** What a conversation asks of the rules. */
const requestOf = ({ page, language, department }: Conversation) => ({
  page: page?.url ?? null,
  language: language === 'und' ? null : language,
  departmentId: department?.id ?? null,
});

function planQueue(
  { config, operators, desks, left, at }: Waiting,
  made: Plan,
  due: (at: string | null) => void,
) {
  const now = at.toISOString();
  const queue: Conversation[] = [];
  for (const seen of desks.filter(({ state }) => state === 'waiting')) {
    const missedAt = instantAfter(seen.waitingSince ?? now, config.settings.missedAfter);
    if (missedAt !== null && missedAt <= now) {
      made.steps.push({ seen, happenings: [{ kind: 'missed' }] });
      continue;
    }
    due(missedAt);
    queue.push(seen);
  }
  const busy = new Map(operators.map((each) => [each.id, { ...each }]));
  const rings = (ids: string[] | null | undefined, by: number) => {
    for (const operator of (ids ?? []).map((id) => busy.get(id))) if (operator) operator.load += by;
  };
  for (const { desk } of queue) if (desk && !isOver(desk, at)) rings(desk.ring, 1);
  const audiences: Desk['audience'][] = [];
  // Who came first is first, also after losing an operator.
  for (const seen of [...queue, ...left].toSorted(byArrival)) {
    const before = seen.state === 'open' ? null : seen.desk;
    if (before && !isOver(before, at)) rings(before.ring, -1);
    const { desk, decision } = offer({ config, operators: [...busy.values()] }, seen, before, at);
    rings(desk.ring, 1);
    if (desk.ringUntil !== before?.ringUntil) {
      for (const id of desk.ring ?? []) busy.set(id, { ...busy.get(id)!, offeredAt: at.getTime() });
    }
    due(desk.ringUntil);
    const happenings: Happening[] = [];
    if (seen.state === 'open') {
      const gone = !busy.has(seen.operator?.id ?? '');
      happenings.push({ kind: 'queued', why: gone ? 'operator-gone' : 'operator-lost' });
    }
    if (!before || !sameOffer(before, desk)) {
      const { ring, ringUntil: until, passed } = desk;
      happenings.push({ kind: 'routed', decision, ring, until, passed });
    }
    if (happenings.length > 0) made.steps.push({ seen, happenings });
    const position = audiences.filter((each) => overlap(each, desk.audience)).length + 1;
    const { outcome, opensAt } = decision;
    const online = outcome === 'ring' || outcome === 'queue';
    made.places.set(seen.id, { position, online, opensAt, visitorId: seen.visitor.id });
    audiences.push(desk.audience);
  }
}

const byArrival = (a: Conversation, b: Conversation): number =>
  Date.parse(a.createdAt) - Date.parse(b.createdAt) || (a.id < b.id ? -1 : 1);

/** Who was rung alone has had its time. */
const isOver = ({ ringUntil }: Desk, at: Date): boolean =>
  ringUntil !== null && Date.parse(ringUntil) <= at.getTime();

/** To whom it is offered from now on. Who is being rung alone has its time; who let it ring is not rung again alone. */
function offer(
  { config, operators }: Situation,
  seen: Conversation,
  before: Desk | null,
  at: Date,
): { desk: Desk; decision: RoutingDecision } {
  const over = before !== null && isOver(before, at);
  const passed = [...new Set([...(before?.passed ?? []), ...(over ? (before?.ring ?? []) : [])])];
  const decision = route(config, operators, {
    ...requestOf(seen),
    at,
    except: new Set(passed),
  });
  const desk = { ...deskOf(config, decision, at), passed, declined: before?.declined ?? [] };
  if (desk.ring === null || !callsTheFree(decision)) return { desk, decision };
  // Everybody has had his turn: from now on it rings all who are free.
  const all = before?.ring === null && passed.length > 0;
  if (all || desk.ring.some((id) => passed.includes(id)))
    return { desk: { ...desk, ring: null, ringUntil: null }, decision };
  const rung = before?.ring?.[0];
  const goesOn = !over && rung !== undefined && isFree(rung, { config, operators }, desk.audience);
  if (goesOn && before)
    return { desk: { ...desk, ring: before.ring, ringUntil: before.ringUntil }, decision };
  return { desk, decision };
}

function isFree(operatorId: string, { config, operators }: Situation, audience: Desk['audience']): boolean {
  const operator = operators.find(({ id }) => id === operatorId);
  if (!operator || operator.status !== 'online' || audience?.includes(operatorId) === false) return false;
  return hasRoom(config, operator);
}

function planTransfers(
  { operators, desks, left, at }: Waiting,
  made: Plan,
  due: (at: string | null) => void,
) {
  for (const seen of desks) {
    const { state, desk } = seen;
    if (state !== 'open' || !desk?.transfer || left.some(({ id }) => id === seen.id)) continue;
    const { audience, until } = desk.transfer;
    const late = Date.parse(until) <= at.getTime();
    if (!late && operators.some((each) => isThere(each) && audience.includes(each.id))) due(until);
    else
      made.steps.push({
        seen,
        happenings: [{ kind: 'transfer-ended', why: late ? 'timeout' : 'unavailable' }],
      });
  }
}

/** An operator who is away for a moment may still take what is offered to him. */
const isThere = ({ status }: RoutedOperator): boolean => status !== 'offline';

const sameOffer = (a: Desk, b: Desk): boolean =>
  same(a.audience, b.audience) &&
  same(a.ring, b.ring) &&
  same(a.passed, b.passed) &&
  a.ringUntil === b.ringUntil;

/** As sets. */
const same = (a: string[] | null, b: string[] | null): boolean =>
  a === null || b === null ? a === b : a.length === b.length && a.every((id) => b.includes(id));

const overlap = (a: string[] | null, b: string[] | null): boolean =>
  a === null || b === null || a.some((id) => b.includes(id));

const instantAfter = (instant: string, seconds: number | null): string | null =>
  seconds === null ? null : new Date(Date.parse(instant) + seconds * 1000).toISOString();
