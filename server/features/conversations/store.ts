import { sql } from 'kysely';
import type { Tx } from '../../core/database/database.ts';
import type { Conversation } from '#protocol/conversations.ts';
import type { Entry } from '#protocol/entries.ts';
import type { RoutingDecision } from '#protocol/routing.ts';
import { entryOf, type EntryRow } from '../../unscoped/read-log.ts';
import {
  conversationRow,
  storedConversation,
  type ConversationRow,
  type StoredConversation,
} from '../../unscoped/stored-conversation.ts';

/** jsonb and timestamps are written as text, read as values. */
type ConversationsTable = { [K in keyof ConversationRow]: ConversationRow[K] } & {
  changed_seq: number;
  closed_seq: number | null;
  decision: RoutingDecision | null;
};
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
  {
    entries,
    decision,
    changedSeq,
  }: { entries: Entry[]; decision: RoutingDecision | null; changedSeq: number },
): Promise<void> {
  const row = { ...values(stored), decision, changed_seq: changedSeq, closed_seq: null };
  await tx.insertInto('conversations').values(row).execute();
  await insertEntries(tx, stored, entries);
}

/** In a transaction that holds the conversation's row: what its new entries have made of it. */
export async function updateConversation(
  tx: Tx,
  stored: StoredConversation,
  entries: Entry[],
  changedSeq: number,
): Promise<void> {
  const { accountId, conversation } = stored;
  const closed_seq = conversation.state === 'closed' ? changedSeq : null;
  await tx
    .updateTable('conversations')
    .set({ ...values(stored), changed_seq: changedSeq, closed_seq })
    .where('account_id', '=', accountId)
    .where('conversation_id', '=', conversation.id)
    .execute();
  await insertEntries(tx, stored, entries);
}

function values(stored: StoredConversation) {
  const { created_at, waiting_since, closed_at, ...row } = conversationRow(stored);
  const instant = (text: string | null) => (text === null ? null : new Date(text));
  return {
    ...row,
    created_at: new Date(created_at),
    waiting_since: instant(waiting_since),
    closed_at: instant(closed_at),
  };
}

async function insertEntries(tx: Tx, stored: StoredConversation, entries: Entry[]): Promise<void> {
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

const of = (tx: Tx, accountId: string) => tx.selectFrom('conversations').where('account_id', '=', accountId);
const openOf = (tx: Tx, accountId: string) =>
  of(tx, accountId).where('state', '=', 'open').where('channel', '=', 'chat');

/** The conversation, its row locked until the transaction ends. */
export async function lockConversation(
  tx: Tx,
  accountId: string,
  conversationId: string,
): Promise<StoredConversation | undefined> {
  const row = await of(tx, accountId)
    .selectAll()
    .where('conversation_id', '=', conversationId)
    .forUpdate()
    .executeTakeFirst();
  return row && storedConversation(row);
}

/** How many chats with visitors the operator has open now. */
export async function countOpen(tx: Tx, accountId: string, operatorId: string): Promise<number> {
  const { open } = await openOf(tx, accountId)
    .where('operator_id', '=', operatorId)
    .select((eb) => eb.fn.countAll<number>().as('open'))
    .executeTakeFirstOrThrow();
  return open;
}

/**
 * Ids of the operators with open chats who have no live line, and of deleted ones. Who has one is there for its own chats,
 * whatever status it has chosen.
 */
export async function listAbsentOwners(tx: Tx, accountId: string): Promise<string[]> {
  const { rows } = await sql<{ operator_id: string }>`select distinct c.operator_id from conversations c
    join operators o using (account_id, operator_id)
    where c.account_id = ${accountId} and c.state = 'open' and c.channel = 'chat' and (o.deleted_at is not null
      or not exists (select from operator_sessions s join nodes n using (node_id)
        where s.account_id = c.account_id and s.operator_id = c.operator_id and n.lease_until > now()))`.execute(
    tx,
  );
  return rows.map((row) => row.operator_id);
}

/** A visitor's conversations, newest first, at most 50. */
export async function listOfVisitor(
  tx: Tx,
  accountId: string,
  visitorId: string,
): Promise<StoredConversation[]> {
  const rows = await of(tx, accountId)
    .selectAll()
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
  const row = await of(tx, accountId)
    .selectAll()
    .where('visitor_id', '=', visitorId)
    .where('state', '<>', 'closed')
    .where('channel', '=', 'chat')
    .executeTakeFirst();
  return row && storedConversation(row);
}

/** Where the sender's entry with this ref stands; for a transaction that holds what the sender writes to. */
export async function findOwnRef(
  tx: Tx,
  accountId: string,
  senderId: string,
  ref: string,
): Promise<{ conversationId: string; seq: number } | undefined> {
  return tx
    .selectFrom('entries')
    .select(['conversation_id as conversationId', 'seq'])
    .where('account_id', '=', accountId)
    .where('sender_id', '=', senderId)
    .where('ref', '=', ref)
    .executeTakeFirst();
}

export async function findConversation(
  tx: Tx,
  accountId: string,
  conversationId: string,
): Promise<StoredConversation | undefined> {
  const row = await of(tx, accountId)
    .selectAll()
    .where('conversation_id', '=', conversationId)
    .executeTakeFirst();
  return row && storedConversation(row);
}

/** What the visitor said or left first, at most `limit`. */
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
    .where(sql<boolean>`what->>'kind' in ('message', 'offline')`)
    .orderBy('seq')
    .limit(limit)
    .execute();
  return rows.map(({ text }) => text);
}

/** The conversation that two operators have with each other. */
export async function findColleagues(
  tx: Tx,
  accountId: string,
  [one, other]: [string, string],
): Promise<string | undefined> {
  const { rows } = await sql<{ conversation_id: string }>`select conversation_id from conversations
    where account_id = ${accountId} and channel = 'colleague'
      and least(visitor_id, operator_id) = least(${one}::uuid, ${other}::uuid)
      and greatest(visitor_id, operator_id) = greatest(${one}::uuid, ${other}::uuid)`.execute(tx);
  return rows[0]?.conversation_id;
}

/** Chats that wait or are offered to others. */
export async function listDesks(tx: Tx, accountId: string): Promise<Conversation[]> {
  const rows = await of(tx, accountId)
    .selectAll()
    .where('desk', 'is not', null)
    .where('channel', '=', 'chat')
    .execute();
  return rows.map((row) => storedConversation(row).conversation);
}

/** Off-line messages that wait, and those that somebody has who is none of these operators any more. */
export async function listMessages(
  tx: Tx,
  accountId: string,
  operatorIds: string[],
): Promise<Conversation[]> {
  const rows = await of(tx, accountId)
    .selectAll()
    .where('channel', '=', 'offline')
    .where(sql<boolean>`(state = 'waiting' or state = 'open' and operator_id <> all(${operatorIds}::uuid[]))`)
    .execute();
  return rows.map((row) => storedConversation(row).conversation);
}

/** Open chats of these operators. */
export async function listOpenOf(tx: Tx, accountId: string, operatorIds: string[]): Promise<Conversation[]> {
  const rows = await openOf(tx, accountId).where('operator_id', 'in', operatorIds).selectAll().execute();
  return rows.map((row) => storedConversation(row).conversation);
}

/** Why a conversation went first to whom it went; undefined where it began with its operator. */
export async function findFirstDecision(
  tx: Tx,
  accountId: string,
  conversationId: string,
): Promise<{ at: string; decision: RoutingDecision } | undefined> {
  const row = await of(tx, accountId)
    .select(['created_at', 'decision'])
    .where('conversation_id', '=', conversationId)
    .executeTakeFirst();
  return row?.decision ? { at: row.created_at.toISOString(), decision: row.decision } : undefined;
}

/** What has moved a conversation, oldest first; of the decisions, which nobody has to make, at most the newest 100. */
export async function listHandovers(tx: Tx, accountId: string, conversationId: string): Promise<Entry[]> {
  const entries = tx
    .selectFrom('entries')
    .selectAll()
    .where('account_id', '=', accountId)
    .where('conversation_id', '=', conversationId);
  const kind = sql<string>`what ->> 'kind'`;
  const routed = await entries.where(kind, '=', 'routed').orderBy('seq', 'desc').limit(100).execute();
  const moved = await entries.where(kind, 'in', HANDOVERS).execute();
  return [...routed, ...moved].toSorted((a, b) => a.seq - b.seq).map(entryOf);
}

const HANDOVERS = ['joined', 'invited', 'queued', 'transfer', 'declined', 'transfer-ended'];
