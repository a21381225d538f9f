import { randomInt } from 'node:crypto';
import type { Tx } from '../../core/database/database.ts';
import { defaultSettings } from './default-settings.ts';
import { insertChatbox } from './store.ts';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const KEY_LENGTH = 22;

/** Adds the box that an account has from the start, in the caller's transaction. */
export async function createDefaultChatbox(tx: Tx, accountId: string): Promise<void> {
  await insertChatbox(tx, {
    account_id: accountId,
    chatbox_id: crypto.randomUUID(),
    key: Array.from({ length: KEY_LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join(''),
    name: 'Website',
    is_default: true,
    settings: defaultSettings,
    created_at: new Date(),
  });
}
