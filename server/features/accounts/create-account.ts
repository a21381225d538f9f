import { randomBytes } from 'node:crypto';
import type { Tx } from '../../core/database/database.ts';
import { Refusal } from '../../core/errors.ts';
import { hasCode } from '../../core/has-code.ts';
import { createDefaultChatbox } from '../chatboxes/create-default-chatbox.ts';
import { insertAccount } from './store.ts';

export type NewAccount = { name: string; title: string; language: string };

/**
 * Adds an account with its change stream and its default chatbox. `tx` is a transaction of `accountId`
 * (`db.inAccount`). Throws `conflict` when the name is taken.
 */
export async function createAccount(
  tx: Tx,
  accountId: string,
  { name, title, language }: NewAccount,
): Promise<void> {
  const secret = randomBytes(32).toString('base64url');
  const row = {
    account_id: accountId,
    name,
    title,
    language,
    identity_secret: secret,
    created_at: new Date(),
  };
  try {
    await insertAccount(tx, row);
  } catch (error) {
    if (!hasCode(error, '23505')) throw error;
    const sentence = `The account name "${name}" is taken. Please choose another one.`;
    throw new Refusal('conflict', sentence, { fields: { name: sentence } });
  }
  await createDefaultChatbox(tx, accountId);
}
