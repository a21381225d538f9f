import type { Conversation, Desk } from '#protocol/conversations.ts';
import type { Entry, Happening, Sender } from '#protocol/entries.ts';
import type { StoredConversation } from '../../unscoped/stored-conversation.ts';

const PREVIEW_LENGTH = 140;
const UNREAD_MOST = 100;

/**
 * What a conversation is after one more entry: the projection that is stored beside it. Pure. `client/reduce.ts`
 * comes to the same from the wire; features/session/equal-views.test.ts compares the two (reliability.md M1).
 */
export function project(stored: StoredConversation, entry: Entry): StoredConversation {
  const before = stored.conversation;
  const conversation = { ...before, lastSeq: entry.seq };
  const after = { ...stored, conversation };
  const { what, at, seq } = entry;
  const by = sideOf(entry.sender, before);
  switch (what.kind) {
    case 'message':
    case 'offline': {
      conversation.preview = { from: by, text: cut(what.text), at };
      // Who writes has seen what stands above.
      conversation.read = { ...before.read, [by]: seq };
      conversation.delivered = { ...before.delivered, [by]: seq };
      if (what.kind === 'offline') conversation.visitor = { ...before.visitor, email: what.email };
      const heard = [...(by === 'visitor' ? stored.unreadSeqs : stored.visitorUnreadSeqs), seq];
      const unread = heard.slice(-UNREAD_MOST);
      return counted(after, by === 'visitor' ? unread : [], by === 'visitor' ? [] : unread);
    }
    case 'joined':
      conversation.state = 'open';
      conversation.operator = what.operator;
      conversation.waitingSince = null;
      conversation.desk = null;
      return after;
    case 'queued':
      conversation.state = 'waiting';
      conversation.operator = null;
      conversation.waitingSince = at;
      conversation.desk = null;
      return after;
    case 'missed':
      conversation.channel = 'offline';
      return after;
    case 'routed':
      conversation.desk = {
        audience: what.decision.audience,
        ring: what.ring,
        ringUntil: what.until,
        passed: what.passed,
        declined: before.desk?.declined ?? [],
        transfer: null,
      };
      return after;
    case 'transfer':
      conversation.desk = { ...nobody, transfer: what.transfer };
      return after;
    case 'declined':
      conversation.desk = declined(before.desk, what.by.id);
      return after;
    case 'transfer-ended':
      conversation.desk = null;
      return after;
    case 'closed':
      conversation.state = 'closed';
      conversation.closedAt = at;
      conversation.waitingSince = null;
      conversation.desk = null;
      return after;
    case 'receipt': {
      conversation.delivered = { ...before.delivered, [by]: Math.max(before.delivered[by], what.upTo) };
      if (what.mark === 'delivered') return after;
      conversation.read = { ...before.read, [by]: Math.max(before.read[by], what.upTo) };
      const { operator, visitor } = conversation.read;
      return counted(
        after,
        stored.unreadSeqs.filter((unread) => unread > operator),
        stored.visitorUnreadSeqs.filter((unread) => unread > visitor),
      );
    }
    case 'page':
      conversation.page = what.page;
      return after;
    case 'details': {
      const { name = before.visitor.name, email = before.visitor.email } = what.details;
      conversation.visitor = { ...before.visitor, name, email };
      return after;
    }
    case 'invited':
    case 'note':
    case 'hidden':
      return after;
  }
}

/** The conversation and its new entries, numbered; the last one carries the ref. */
export function extend(
  stored: StoredConversation,
  { sender, ref, happenings }: { sender: Sender; ref: string | null; happenings: Happening[] },
): { after: StoredConversation; entries: Entry[] } {
  const at = new Date().toISOString();
  const first = stored.conversation.lastSeq + 1;
  const entries = happenings.map((what, index): Entry => {
    const last = index === happenings.length - 1;
    return { seq: first + index, at, sender, ...(last && ref !== null && { ref }), what };
  });
  return { after: entries.reduce(project, stored), entries };
}

/** On which side of the conversation a speaker stands. */
export const sideOf = (sender: Sender, { visitor }: Pick<Conversation, 'visitor'>): 'visitor' | 'operator' =>
  sender.kind !== 'system' && sender.id === visitor.id ? 'visitor' : 'operator';

const nobody: Desk = {
  audience: null,
  ring: null,
  ringUntil: null,
  passed: [],
  declined: [],
  transfer: null,
};

/** The desk without one who does not want it; an offer that nobody is left for has ended. */
function declined(desk: Desk | null, operatorId: string): Desk | null {
  if (!desk) return null;
  const others = (ids: string[]) => ids.filter((each) => each !== operatorId);
  if (desk.transfer) {
    const audience = others(desk.transfer.audience);
    return audience.length === 0 ? null : { ...desk, transfer: { ...desk.transfer, audience } };
  }
  const also = (ids: string[]) => [...others(ids), operatorId];
  return {
    ...desk,
    ring: desk.ring && others(desk.ring),
    passed: also(desk.passed),
    declined: also(desk.declined),
  };
}

const counted = (
  stored: StoredConversation,
  unreadSeqs: number[],
  visitorUnreadSeqs: number[],
): StoredConversation => ({
  ...stored,
  unreadSeqs,
  visitorUnreadSeqs,
  conversation: {
    ...stored.conversation,
    unread: unreadSeqs.length,
    unreadByVisitor: visitorUnreadSeqs.length,
  },
});

/** The first characters, without half of a surrogate pair at the end: PostgreSQL refuses that in JSON. */
function cut(text: string): string {
  const start = text.slice(0, PREVIEW_LENGTH);
  return start.isWellFormed() ? start : start.slice(0, -1);
}
