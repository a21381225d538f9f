import type { Chatbox, ChatboxSettings } from '#protocol/chatboxes.ts';
import type { Tx } from '../../core/database/database.ts';

type ChatboxesTable = {
  account_id: string;
  chatbox_id: string;
  /** Public name of the box in the widget code. */
  key: string;
  name: string;
  is_default: boolean;
  settings: ChatboxSettings;
  created_at: Date;
};

declare module '../../core/database/database.ts' {
  interface Tables {
    chatboxes: ChatboxesTable;
  }
}

export async function insertChatbox(tx: Tx, row: ChatboxesTable): Promise<void> {
  await tx.insertInto('chatboxes').values(row).execute();
}

const wire = ['chatbox_id as id', 'key', 'name', 'is_default as isDefault', 'settings'] as const;

export async function chatboxRows(tx: Tx, accountId: string): Promise<Chatbox[]> {
  return tx
    .selectFrom('chatboxes')
    .select(wire)
    .where('account_id', '=', accountId)
    .orderBy('created_at')
    .execute();
}

export async function findChatbox(
  tx: Tx,
  accountId: string,
  chatboxId: string,
): Promise<Chatbox | undefined> {
  return tx
    .selectFrom('chatboxes')
    .select(wire)
    .where('account_id', '=', accountId)
    .where('chatbox_id', '=', chatboxId)
    .executeTakeFirst();
}

export async function updateChatbox(
  tx: Tx,
  accountId: string,
  { id, name, settings }: Chatbox,
): Promise<void> {
  await tx
    .updateTable('chatboxes')
    .set({ name, settings })
    .where('account_id', '=', accountId)
    .where('chatbox_id', '=', id)
    .execute();
}
