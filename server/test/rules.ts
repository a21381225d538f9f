import type { Conversation } from '#protocol/conversations.ts';
import type { Happening, Page } from '#protocol/entries.ts';
import type { RefusalCode } from '#protocol/errors.ts';
import type { Actor } from '../core/actor.ts';
import type { VisitorDetails } from '../features/visitors/update-visitor.ts';

/** What somebody says in a conversation; `start` is a first message that finds the conversation open already. */
export type Said =
  | { kind: 'start' | 'post'; text: string }
  | { kind: 'accept' | 'close' }
  | { kind: 'receipt'; mark: 'delivered' | 'read'; upTo: number }
  | { kind: 'page'; page: Page }
  | { kind: 'details'; details: VisitorDetails };

/**
 * What the product promises for one thing that is said: the entries that it adds, or the code of the refusal. Written
 * down once more as a table, so that the verbs can be compared with it; shares nothing with them.
 */
export function ruling(actor: Actor, said: Said, now: Conversation): Happening[] | RefusalCode {
  const operator = actor.kind === 'operator' ? { id: actor.operatorId, name: actor.name } : null;
  const mine =
    actor.kind === 'visitor' ? now.visitor.id === actor.visitorId : now.operator?.id === operator?.id;
  const chief = actor.kind === 'operator' && actor.role === 'administrator';
  const sees = mine || chief || (operator !== null && now.state === 'waiting');
  const ofVisitors = said.kind === 'start' || said.kind === 'page' || said.kind === 'details';
  if (operator ? ofVisitors : said.kind === 'accept') return 'not_allowed';
  // Who accepts too late is told so, even though it may not read on.
  if (said.kind === 'accept' && now.state === 'open') return mine ? [] : 'taken';
  if (!sees) return 'not_found';
  switch (said.kind) {
    case 'accept':
      return now.state === 'closed' || !operator ? 'closed' : [{ kind: 'joined', operator }];
    case 'close':
      if (now.state === 'closed') return [];
      return mine || chief || now.state === 'waiting' ? [{ kind: 'closed' }] : 'taken';
    case 'start':
    case 'post': {
      const message: Happening = { kind: 'message', text: said.text };
      if (now.state === 'closed') return 'closed';
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
