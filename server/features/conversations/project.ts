import type { Entry } from '#protocol/entries.ts';
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
  const { what, sender, at, seq } = entry;
  const by = sender.kind === 'visitor' ? 'visitor' : 'operator';
  switch (what.kind) {
    case 'message':
    case 'offline': {
      conversation.preview = { from: by, text: cut(what.text), at };
      // Who writes has seen what stands above.
      conversation.read = { ...before.read, [by]: seq };
      conversation.delivered = { ...before.delivered, [by]: seq };
      if (what.kind === 'offline') conversation.visitor = { ...before.visitor, email: what.email };
      const unreadSeqs = by === 'visitor' ? [...stored.unreadSeqs, seq].slice(-UNREAD_MOST) : [];
      return counted({ ...stored, conversation, unreadSeqs });
    }
    case 'joined':
      conversation.state = 'open';
      conversation.operator = what.operator;
      conversation.waitingSince = null;
      return { ...stored, conversation };
    case 'closed':
      conversation.state = 'closed';
      conversation.closedAt = at;
      conversation.waitingSince = null;
      return { ...stored, conversation };
    case 'receipt': {
      conversation.delivered = { ...before.delivered, [by]: Math.max(before.delivered[by], what.upTo) };
      if (what.mark === 'delivered') return { ...stored, conversation };
      conversation.read = { ...before.read, [by]: Math.max(before.read[by], what.upTo) };
      const unreadSeqs = stored.unreadSeqs.filter((unread) => unread > conversation.read.operator);
      return counted({ ...stored, conversation, unreadSeqs });
    }
    case 'page':
      conversation.page = what.page;
      return { ...stored, conversation };
    case 'details': {
      const { name = before.visitor.name, email = before.visitor.email } = what.details;
      conversation.visitor = { ...before.visitor, name, email };
      return { ...stored, conversation };
    }
    case 'hidden':
      return { ...stored, conversation };
  }
}

const counted = (stored: StoredConversation): StoredConversation => ({
  ...stored,
  conversation: { ...stored.conversation, unread: stored.unreadSeqs.length },
});

/** The first characters, without half of a surrogate pair at the end: PostgreSQL refuses that in JSON. */
function cut(text: string): string {
  const start = text.slice(0, PREVIEW_LENGTH);
  return start.isWellFormed() ? start : start.slice(0, -1);
}
