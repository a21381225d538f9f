import type { Conversation } from '#protocol/conversations.ts';
import type { Entry, Happening, Page, Transfer } from '#protocol/entries.ts';
import type { RefusalCode } from '#protocol/errors.ts';
import type { Actor } from '../core/actor.ts';
import type { VisitorDetails } from '../features/visitors/update-visitor.ts';

/** What somebody says in a conversation; `start` is a first message that finds the conversation open already. */
export type Said =
  | { kind: 'start' | 'post'; text: string }
  | { kind: 'accept' | 'close' | 'take' | 'decline' | 'cancel' }
  | { kind: 'note'; text: string }
  | { kind: 'transfer'; offer: Omit<Transfer, 'from'> }
  | { kind: 'receipt'; mark: 'delivered' | 'read'; upTo: number }
  | { kind: 'page'; page: Page }
  | { kind: 'details'; details: VisitorDetails };

const isMine = (actor: Actor, { visitor, operator }: Conversation): boolean =>
  actor.kind === 'visitor' ? visitor.id === actor.visitorId : operator?.id === actor.operatorId;

function isAsked(actor: Actor, { state, desk }: Conversation): boolean {
  const asked = desk?.transfer ? desk.transfer.audience : state === 'waiting' ? desk?.audience : [];
  return actor.kind === 'operator' && (asked?.includes(actor.operatorId) ?? true);
}

/** Whether a conversation is for somebody's eyes. */
export const sees = (actor: Actor, now: Conversation): boolean =>
  isMine(actor, now) || isAsked(actor, now) || (actor.kind === 'operator' && actor.role === 'administrator');

const forBoth = ['message', 'joined', 'invited', 'queued', 'missed', 'closed', 'receipt', 'page', 'details'];

/** Its entries as somebody who sees it may read them. */
export const readable = (actor: Actor, entries: Entry[]): Entry[] =>
  entries.map((entry) =>
    actor.kind === 'operator' || forBoth.includes(entry.what.kind)
      ? entry
      : { seq: entry.seq, at: entry.at, sender: { kind: 'system' }, what: { kind: 'hidden' } },
  );

/**
 * What the product promises for one thing that is said: the entries that it adds, or the code of the refusal. Written
 * down once more as a table, so that the verbs can be compared with it; shares nothing with them.
 */
export function ruling(actor: Actor, said: Said, now: Conversation): Happening[] | RefusalCode {
  const operator = actor.kind === 'operator' ? { id: actor.operatorId, name: actor.name } : null;
  const mine = isMine(actor, now);
  const chief = actor.kind === 'operator' && actor.role === 'administrator';
  const { desk } = now;
  const offered = isAsked(actor, now);
  const ofVisitors = said.kind === 'start' || said.kind === 'page' || said.kind === 'details';
  const ofBoth = said.kind === 'post' || said.kind === 'close' || said.kind === 'receipt';
  if (operator ? ofVisitors : !ofVisitors && !ofBoth) return 'not_allowed';
  if (said.kind === 'take' && !chief) return 'not_allowed';
  // Who accepts too late is told so, even though it may not read on.
  if (said.kind === 'accept' && now.state === 'open' && (mine || !offered)) return mine ? [] : 'taken';
  if (!sees(actor, now)) return 'not_found';
  switch (said.kind) {
    case 'accept':
      return now.state === 'closed' || !operator ? 'closed' : [{ kind: 'joined', operator }];
    case 'take':
      if (now.state === 'closed' || !operator) return 'closed';
      return mine ? [] : [{ kind: 'joined', operator }];
    case 'note':
      return [{ kind: 'note', text: said.text }];
    case 'decline':
      return !operator || !desk || !offered || desk.declined.includes(operator.id)
        ? []
        : [{ kind: 'declined', by: operator }];
    case 'transfer':
    case 'cancel':
      if (now.state === 'closed') return 'closed';
      if (!mine && !chief) return 'taken';
      if (said.kind !== 'transfer')
        return desk?.transfer ? [{ kind: 'transfer-ended', why: 'cancelled' }] : [];
      if (now.channel === 'offline') return 'not_allowed';
      if (desk?.transfer) return 'conflict';
      return now.operator
        ? [{ kind: 'transfer', transfer: { ...said.offer, from: now.operator } }]
        : 'not_allowed';
    case 'close':
      if (now.state === 'closed' || (!operator && now.channel === 'offline')) return [];
      if (!operator && now.state === 'waiting' && now.preview?.from === 'visitor')
        return [{ kind: 'missed' }];
      return mine || chief || now.state === 'waiting' ? [{ kind: 'closed' }] : 'taken';
    case 'start':
    case 'post': {
      const message: Happening = { kind: 'message', text: said.text };
      if (now.state === 'closed') return 'closed';
      if (now.channel === 'offline') return operator ? 'not_allowed' : 'closed';
      if (mine) return [message];
      return operator && now.state === 'waiting' ? [{ kind: 'joined', operator }, message] : 'taken';
    }
    case 'receipt': {
      const { mark, upTo } = said;
      if (upTo > now.lastSeq) return 'invalid';
      return mine && upTo > now[mark][actor.kind] ? [{ kind: 'receipt', mark, upTo }] : [];
    }
    case 'page':
      return now.state === 'closed' || JSON.stringify(now.page) === JSON.stringify(said.page)
        ? []
        : [{ kind: 'page', page: said.page }];
    case 'details':
      return [{ kind: 'details', details: said.details }];
  }
}
