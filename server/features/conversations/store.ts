import { sql } from 'kysely';
import type { Tx } from '../../core/database/database.ts';
import type { Entry } from '#protocol/entries.ts';
import type { EntryRow } from '../../unscoped/read-log.ts';
import {
  conversationRow,
  storedConversation,
  type ConversationRow,
  type StoredConversation,
} from '../../unscoped/stored-conversation.ts';

/** jsonb and timestamps are written as text, read as values. */
type ConversationsTable = { [K in keyof ConversationRow]: ConversationRow[K] } & { changed_seq: number };
type EntriesTable = EntryRow & { account_id: string; conversation_id: string };

declare module '../../core/database/database.ts' {
  interface Tables {
    conversations: ConversationsTable;
    entries: EntriesTable;
  }
}

export async function insertConversation(
  tx: Tx,
  stored: StoredConversation,
  entries: Entry[],
  changedSeq: number,
): Promise<void> {
  const { created_at, waiting_since, closed_at, ...row } = conversationRow(stored);
  const instant = (text: string | null) => (text === null ? null : new Date(text));
  await tx
    .insertInto('conversations')
    .values({
      ...row,
      created_at: new Date(created_at),
      waiting_since: instant(waiting_since),
      closed_at: instant(closed_at),
      changed_seq: changedSeq,
    })
    .execute();
  await tx
    .insertInto('entries')
    .values(
      entries.map(({ seq, at, sender, ref, what }) => ({
        account_id: stored.accountId,
        conversation_id: stored.conversation.id,
        seq,
        at: new Date(at),
        sender_kind: sender.kind,
        sender_id: sender.kind === 'system' ? null : sender.id,
        ref: ref ?? null,
        what,
      })),
    )
    .execute();
}

/** A visitor's conversations, newest first, at most 50. */
export async function listOfVisitor(
  tx: Tx,
  accountId: string,
  visitorId: string,
): Promise<StoredConversation[]> {
  const rows = await tx
    .selectFrom('conversations')
    .selectAll()
    .where('account_id', '=', accountId)
    .where('visitor_id', '=', visitorId)
    .orderBy('created_at', 'desc')
    .limit(50)
    .execute();
  return rows.map(storedConversation);
}

/** The visitor's open chat, or undefined. */
export async function openOfVisitor(
  tx: Tx,
  accountId: string,
  visitorId: string,
): Promise<StoredConversation | undefined> {
  const row = await tx
    .selectFrom('conversations')
    .selectAll()
    .where('account_id', '=', accountId)
    .where('visitor_id', '=', visitorId)
    .where('state', '<>', 'closed')
    .where('channel', '=', 'chat')
    .executeTakeFirst();
  return row && storedConversation(row);
}

/** Where the visitor's entry with this ref stands; for a transaction that holds the visitor's row. */
export async function findOwnRef(
  tx: Tx,
  accountId: string,
  visitorId: string,
  ref: string,
): Promise<{ conversationId: string; seq: number } | undefined> {
  return tx
    .selectFrom('entries')
    .select(['conversation_id as conversationId', 'seq'])
    .where('account_id', '=', accountId)
    .where('sender_id', '=', visitorId)
    .where('ref', '=', ref)
    .executeTakeFirst();
}

export async function findConversation(
  tx: Tx,
  accountId: string,
  conversationId: string,
): Promise<StoredConversation | undefined> {
  const row = await tx
    .selectFrom('conversations')
    .selectAll()
    .where('account_id', '=', accountId)
    .where('conversation_id', '=', conversationId)
    .executeTakeFirst();
  return row && storedConversation(row);
}

/** The first messages of the visitor, at most `limit`. */
export async function listVisitorTexts(
  tx: Tx,
  accountId: string,
  conversationId: string,
  limit: number,
): Promise<string[]> {
  const rows = await tx
    .selectFrom('entries')
    .select(sql<string>`what->>'text'`.as('text'))
    .where('account_id', '=', accountId)
    .where('conversation_id', '=', conversationId)
    .where('sender_kind', '=', 'visitor')
    .where(sql<boolean>`what->>'kind' = 'message'`)
    .orderBy('seq')
    .limit(limit)
    .execute();
  return rows.map(({ text }) => text);
}
