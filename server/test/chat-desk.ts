import assert from 'node:assert/strict';
import type { Conversation } from '#protocol/conversations.ts';
import type { Entry, Transfer } from '#protocol/entries.ts';
import type { Actor } from '../core/actor.ts';
import { ruling, type Said } from './rules.ts';

/** To whom a conversation may be offered, and who is then asked. */
export type Target = Transfer['to'] & { members: string[] };

/** What an account's people and rules are; only who is there changes. */
export type Office = {
  targets: Target[];
  /** Of the operators who have a limit. */
  capacities: ReadonlyMap<string, number>;
  /** s, that an offer holds. */
  answerWithin: number;
};

/** Operators with an open line since the last look: all the time, and at some moment. */
export type There = { always: ReadonlySet<string>; once: ReadonlySet<string> };

/** What was known when somebody spoke. */
export type Circumstances = { office: Office; there: There; isOnline: (operatorId: string) => boolean };

export type Offer = Extract<Said, { kind: 'transfer' }>;

/** Who can be asked by an offer, surely and possibly; never those who have the conversation. */
function asked(
  { office, there, isOnline }: Circumstances,
  { offer }: Offer,
  owners: (string | undefined)[],
): { surely: string[]; possibly: string[] } {
  const { members = [] } = office.targets.find(({ id }) => id === offer.to.id) ?? {};
  const able = members.filter((id) => isOnline(id) && !owners.includes(id));
  return {
    surely: able.filter((id) => there.always.has(id)),
    possibly: able.filter((id) => there.once.has(id)),
  };
}

/** An offer as it was said, with what the server alone could add to it, which is checked here. */
export function offerAsStored(now: Circumstances, said: Offer, entry: Entry, states: Conversation[]): Offer {
  if (entry.what.kind !== 'transfer') return said;
  const { audience, until, to } = entry.what.transfer;
  const owners = states.map(({ operator }) => operator?.id);
  const { surely } = asked(now, said, owners);
  const { possibly } = asked(now, said, owners.slice(-1));
  assert.ok(audience.length > 0, 'an offer is made to somebody');
  assert.deepEqual(
    audience.filter((id) => !possibly.includes(id)),
    [],
    'an offer is made to those of its target who are there, and not to who has it',
  );
  assert.deepEqual(
    surely.filter((id) => !audience.includes(id)),
    [],
    'an offer is made to all of its target who are there',
  );
  assert.deepEqual(to, said.offer.to);
  assert.ok(Date.parse(until) <= Date.parse(entry.at) + now.office.answerWithin * 1000);
  return { ...said, offer: { to, audience, until } };
}

/** Every outcome that is right for what was said in this state: its entries' number, or the code of a refusal. */
export function rightOutcomes(
  now: Circumstances,
  actor: Actor,
  said: Said,
  state: Conversation,
  others: Conversation[][],
): (string | number)[] {
  const ruled = ruling(actor, said, state);
  const plain = typeof ruled === 'string' ? ruled : ruled.length;
  if (actor.kind === 'visitor') return [plain];
  if (said.kind === 'transfer' && ruled !== 'not_found') {
    const { surely, possibly } = asked(now, said, [state.operator?.id]);
    if (possibly.every((id) => fewest(id, others) >= limitOf(now, id))) return ['unavailable_target'];
    const room = surely.some((id) => most(id, others) < limitOf(now, id));
    return room ? [plain] : [plain, 'unavailable_target'];
  }
  if (typeof ruled === 'string' || !ruled.some(({ kind }) => kind === 'joined')) return [plain];
  if (state.channel === 'offline') return [plain];
  return most(actor.operatorId, others) >= limitOf(now, actor.operatorId)
    ? [plain, 'limit_reached']
    : [plain];
}

const limitOf = ({ office }: Circumstances, operatorId: string): number =>
  office.capacities.get(operatorId) ?? Infinity;

/** How many chats it may have had at some moment, and had at every one. */
const most = (operatorId: string, others: Conversation[][]): number =>
  others.filter((states) => states.some((each) => isOpenOf(operatorId, each))).length;
const fewest = (operatorId: string, others: Conversation[][]): number =>
  others.filter((states) => states.every((each) => isOpenOf(operatorId, each))).length;

const isOpenOf = (operatorId: string, { channel, state, operator }: Conversation): boolean =>
  channel === 'chat' && state === 'open' && operator?.id === operatorId;

/** What the server adds by itself: only what somebody's absence, or time, has made necessary. */
export function checkOwn(
  { there }: Circumstances,
  { what, at, seq, ref }: Entry,
  before: Conversation,
): void {
  const { state, operator, desk, preview } = before;
  assert.equal(ref, undefined);
  const mayBeGone = (id: string) => !there.always.has(id);
  if (what.kind === 'queued') {
    assert.equal(state, 'open', 'what waits again had an owner');
    assert.equal(what.why, 'operator-lost');
    assert.ok(mayBeGone(operator?.id ?? ''), 'nobody loses a chat who is there all the time');
    assert.equal(preview?.from, 'visitor', 'what is answered stays with who has answered');
  } else if (what.kind === 'routed') {
    const { ring, until, passed, decision } = what;
    const told = { state, desk, audience: decision.audience, ring, until, passed };
    const all = { audience: null, ring: null, until: null, passed: [] };
    assert.deepEqual(told, { state: 'waiting', desk: null, ...all }, 'what waits again is for everybody');
  } else if (what.kind === 'transfer-ended') {
    assert.ok(desk?.transfer, 'only an offer ends');
    const { audience, until } = desk.transfer;
    if (what.why === 'timeout') assert.ok(Date.parse(until) <= Date.parse(at), 'its time was over');
    else {
      assert.equal(what.why, 'unavailable');
      assert.ok(audience.every(mayBeGone), 'an offer stands while one of those who are asked is there');
    }
  } else assert.fail(`nobody asked for ${what.kind} at ${seq}`);
}

/** Where nothing is on its way: everybody who waits has an owner who is there, has been answered, or is in the queue. */
export function checkAtRest({ capacities }: Office, all: Conversation[], present: ReadonlySet<string>): void {
  const open = new Map<string, number>();
  for (const { id, channel, state, operator, desk, preview, waitingSince } of all) {
    if (state === 'waiting') {
      assert.ok(desk && !desk.transfer && waitingSince !== null, `${id} waits and is not in the queue`);
      assert.equal(operator, null);
    }
    if (state !== 'open') continue;
    assert.ok(operator, `${id} is open and has no owner`);
    if (channel === 'offline') continue;
    open.set(operator.id, (open.get(operator.id) ?? 0) + 1);
    const answered = preview?.from === 'operator';
    assert.ok(answered || present.has(operator.id), `${id} waits for an operator who is not there`);
    if (!desk) continue;
    const { audience = [] } = desk.transfer ?? {};
    assert.ok(
      audience.some((each) => present.has(each)),
      `${id} is offered to nobody who is there`,
    );
  }
  for (const [id, count] of open) assert.ok(count <= (capacities.get(id) ?? Infinity), `${id} has too many`);
}
