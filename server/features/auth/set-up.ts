import type * as z from 'zod/mini';
import type { setUp as schema } from '#protocol/auth.ts';
import type { RequestInfo } from '../../core/http/route.ts';
import type { Tx } from '../../core/database/database.ts';
import { Refusal } from '../../core/errors.ts';
import type { Context } from '../../context.ts';
import { addDomain } from '../accounts/add-domain.ts';
import { hostOf } from '../accounts/host-of.ts';
import { createAccount } from '../accounts/create-account.ts';
import { joinAccount } from '../operators/join-account.ts';
import { createPerson } from './create-person.ts';
import { handleFrom } from './handle-from.ts';
import { isSetupToken } from './setup-token.ts';
import { openSession, type Opened } from './sign-in.ts';
import { anyPerson, lockSetup, storeSetupToken } from './store.ts';
import { askToVerify } from './verify-email.ts';

/** Whether the installation still waits for its first administrator. */
export const setupNeeded = async ({ db }: Context): Promise<boolean> => !(await anyPerson(db.persons));

/**
 * Creates the first person, its account with default chatbox and domain, and its membership, all or nothing; then signs
 * it in. The one-time token of the start log proves that the caller runs this server. Throws `setup_done`,
 * `not_allowed` or `invalid`.
 */
export async function setUp(
  context: Context,
  input: z.infer<typeof schema>,
  request: RequestInfo,
): Promise<Opened> {
  const { token, name, email, password, account } = input;
  const host = hostOf(account.domain, 'account.domain');
  const accountId = crypto.randomUUID();
  await context.db.inAccount(accountId, async (tx) => {
    await spendToken(tx, token);
    const person = await createPerson(tx, { name, email, password, platformAdministrator: true });
    await createAccount(tx, accountId, account);
    await addDomain(tx, accountId, host);
    await joinAccount(tx, accountId, {
      personId: person.id,
      handle: handleFrom(name),
      name,
      role: 'administrator',
    });
    await askToVerify(context, tx, accountId, person);
  });
  const opened = await openSession(context, { email, password }, request);
  if (!opened) throw new Error('the person made by the setup cannot sign in');
  return opened;
}

/** Under the installation's row lock: of several at once, the first to commit is the only one. */
async function spendToken(tx: Tx, token: string): Promise<void> {
  const hash = await lockSetup(tx);
  if (await anyPerson(tx)) throw new Refusal('setup_done', 'This Foyer is set up already. Please sign in.');
  if (hash === null || !isSetupToken(token, hash)) {
    const sentence =
      'This setup link is not valid (any more). The newest one is in the log of the last start.';
    throw new Refusal('not_allowed', sentence, { fields: { token: sentence } });
  }
  await storeSetupToken(tx, null);
}
