import type { Conversation } from '#protocol/conversations.ts';
import type { Entry } from '#protocol/entries.ts';

const PREVIEW_LIMIT = 140;

/** Cut by whole characters, as SQL's left() does, so that no half of a surrogate pair is left. */
function preview(from: 'visitor' | 'operator', text: string, at: string): Conversation['preview'] {
  return { from, text: text.length > PREVIEW_LIMIT ? [...text].slice(0, PREVIEW_LIMIT).join('') : text, at };
}

function speaks(entry: Entry): boolean {
  return entry.sender.kind === 'visitor' && (entry.what.kind === 'message' || entry.what.kind === 'offline');
}

/** Unread after the operators have read up to `upTo`; what was said before entries[0] cannot be counted. */
function unreadAfter(conversation: Conversation, upTo: number, entries: readonly Entry[]): number {
  if (upTo >= conversation.lastSeq) return 0;
  const first = entries[0]?.seq ?? Infinity;
  if (first > upTo + 1) return conversation.unread;
  return entries.filter((entry) => entry.seq > upTo && speaks(entry)).length;
}

function marked(
  conversation: Conversation,
  side: 'visitor' | 'operator',
  mark: 'delivered' | 'read',
  upTo: number,
): Conversation {
  const { delivered, read } = conversation;
  const next = { ...conversation, delivered: { ...delivered, [side]: Math.max(delivered[side], upTo) } };
  if (mark === 'read') next.read = { ...read, [side]: Math.max(read[side], upTo) };
  return next;
}

function happened(conversation: Conversation, entry: Entry, entries: readonly Entry[]): Conversation {
  const { what, seq, at } = entry;
  const side = entry.sender.kind;
  switch (what.kind) {
    case 'message': {
      if (side === 'system') return conversation;
      const next = marked(conversation, side, 'read', seq);
      const unread = side === 'visitor' ? conversation.unread + 1 : 0;
      return { ...next, preview: preview(side, what.text, at), unread };
    }
    case 'offline':
      return {
        ...conversation,
        preview: preview('visitor', what.text, at),
        unread: conversation.unread + 1,
        visitor: { ...conversation.visitor, email: what.email },
      };
    case 'joined':
      return { ...conversation, state: 'open', operator: what.operator, waitingSince: null };
    case 'closed':
      return { ...conversation, state: 'closed', closedAt: at, waitingSince: null };
    case 'receipt': {
      if (side === 'system') return conversation;
      const next = marked(conversation, side, what.mark, what.upTo);
      if (side === 'operator' && what.mark === 'read' && next.read.operator > conversation.read.operator) {
        next.unread = unreadAfter(conversation, next.read.operator, entries);
      }
      return next;
    }
    case 'page':
      return { ...conversation, page: what.page };
    case 'details': {
      const { name = conversation.visitor.name, email = conversation.visitor.email } = what.details;
      return { ...conversation, visitor: { ...conversation.visitor, name, email } };
    }
    case 'hidden':
      return conversation;
    default:
      // A kind from a newer server.
      return conversation;
  }
}

/**
 * The state of a conversation after `entry` (its next one): what the server's projection computes. `entries` are
 * those before it, gapless up to conversation.lastSeq, as far back as they are held; only an operator's reading
 * needs them.
 */
export function reduceConversation(
  conversation: Conversation,
  entry: Entry,
  entries: readonly Entry[] = [],
): Conversation {
  return { ...happened(conversation, entry, entries), lastSeq: entry.seq };
}
