import type { Conversation } from '#protocol/conversations.ts';
import type { StoredConversation } from '../../unscoped/stored-conversation.ts';

type Begun = Pick<StoredConversation, 'accountId' | 'chatboxId'> &
  Pick<Conversation, 'channel' | 'visitor'> &
  Partial<Pick<Conversation, 'operator' | 'department' | 'desk' | 'language' | 'page'>>;

/** A conversation before its first entry: waiting, or open where it begins with its operator. */
export function blankConversation({ accountId, chatboxId, ...given }: Begun): StoredConversation {
  const now = new Date().toISOString();
  const { operator = null } = given;
  return {
    accountId,
    chatboxId,
    unreadSeqs: [],
    visitorUnreadSeqs: [],
    conversation: {
      id: crypto.randomUUID(),
      state: operator ? 'open' : 'waiting',
      department: null,
      desk: null,
      language: 'und',
      page: null,
      ...given,
      operator,
      createdAt: now,
      waitingSince: operator ? null : now,
      closedAt: null,
      lastSeq: 0,
      preview: null,
      unread: 0,
      unreadByVisitor: 0,
      delivered: { visitor: 0, operator: 0 },
      read: { visitor: 0, operator: 0 },
    },
  };
}
