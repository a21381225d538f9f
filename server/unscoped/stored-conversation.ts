import type { Conversation, Desk } from '#protocol/conversations.ts';

/** A conversation as stored: the wire's view and what only the server needs. */
export type StoredConversation = {
  accountId: string;
  /** null: between operators. */
  chatboxId: string | null;
  conversation: Conversation;
  /** Positions of the visitor's messages after the operators' read mark, the newest 100. */
  unreadSeqs: number[];
  /** Positions of the operators' messages after the visitor's read mark, the newest 100. */
  visitorUnreadSeqs: number[];
};

export type ConversationKey = { accountId: string; conversationId: string };

/** The columns of a ConversationRow. */
export const columns = `account_id, conversation_id, visitor_id, chatbox_id, channel, state, visitor_name, visitor_email, operator_id,
  operator_name, department_id, department_name, desk, language, page, created_at, waiting_since, closed_at, last_seq, preview, unread_seqs, visitor_delivered,
  visitor_read, operator_delivered, operator_read, visitor_unread_seqs`;

/** Before there was `declined`, `passed` did not say who declined and who let it ring. */
type StoredDesk = Omit<Desk, 'declined'> & Partial<Pick<Desk, 'declined'>>;

export type ConversationRow = {
  account_id: string;
  conversation_id: string;
  visitor_id: string;
  chatbox_id: string | null;
  channel: Conversation['channel'];
  state: 'waiting' | 'open' | 'closed';
  visitor_name: string | null;
  visitor_email: string | null;
  operator_id: string | null;
  operator_name: string | null;
  department_id: string | null;
  department_name: string | null;
  desk: StoredDesk | null;
  language: string;
  page: Conversation['page'];
  created_at: Date;
  waiting_since: Date | null;
  closed_at: Date | null;
  last_seq: number;
  preview: Conversation['preview'];
  unread_seqs: number[];
  visitor_delivered: number;
  visitor_read: number;
  operator_delivered: number;
  operator_read: number;
  visitor_unread_seqs: number[];
};

/** Row -> wire. */
export function storedConversation(row: ConversationRow): StoredConversation {
  return {
    accountId: row.account_id,
    chatboxId: row.chatbox_id,
    unreadSeqs: row.unread_seqs,
    visitorUnreadSeqs: row.visitor_unread_seqs,
    conversation: {
      id: row.conversation_id,
      channel: row.channel,
      state: row.state,
      visitor: { id: row.visitor_id, name: row.visitor_name, email: row.visitor_email },
      operator: row.operator_id === null ? null : { id: row.operator_id, name: row.operator_name ?? '' },
      department:
        row.department_id === null ? null : { id: row.department_id, name: row.department_name ?? '' },
      desk: row.desk && { declined: [], ...row.desk },
      language: row.language,
      page: row.page,
      createdAt: row.created_at.toISOString(),
      waitingSince: row.waiting_since?.toISOString() ?? null,
      closedAt: row.closed_at?.toISOString() ?? null,
      lastSeq: row.last_seq,
      preview: row.preview,
      unread: row.unread_seqs.length,
      unreadByVisitor: row.visitor_unread_seqs.length,
      delivered: { visitor: row.visitor_delivered, operator: row.operator_delivered },
      read: { visitor: row.visitor_read, operator: row.operator_read },
    },
  };
}

/** Wire -> row, without changed_seq. */
export function conversationRow({
  accountId,
  chatboxId,
  conversation,
  unreadSeqs,
  visitorUnreadSeqs,
}: StoredConversation) {
  return {
    account_id: accountId,
    conversation_id: conversation.id,
    visitor_id: conversation.visitor.id,
    chatbox_id: chatboxId,
    channel: conversation.channel,
    state: conversation.state,
    visitor_name: conversation.visitor.name,
    visitor_email: conversation.visitor.email,
    operator_id: conversation.operator?.id ?? null,
    operator_name: conversation.operator?.name ?? null,
    department_id: conversation.department?.id ?? null,
    department_name: conversation.department?.name ?? null,
    desk: conversation.desk,
    language: conversation.language,
    page: conversation.page,
    created_at: conversation.createdAt,
    waiting_since: conversation.waitingSince,
    closed_at: conversation.closedAt,
    last_seq: conversation.lastSeq,
    preview: conversation.preview,
    unread_seqs: unreadSeqs,
    visitor_delivered: conversation.delivered.visitor,
    visitor_read: conversation.read.visitor,
    operator_delivered: conversation.delivered.operator,
    operator_read: conversation.read.operator,
    visitor_unread_seqs: visitorUnreadSeqs,
  };
}
