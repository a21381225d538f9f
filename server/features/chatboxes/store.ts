import type { ChatboxSettings } from '#protocol/chatboxes.ts';
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
