import type { Context } from '../../context.ts';
import { hashSetupToken, newSetupToken } from './setup-token.ts';
import { anyPerson, lockSetup, storeSetupToken } from './store.ts';

/**
 * While nobody exists yet: makes the one-time token with which the first administrator is created, and returns it to be
 * printed; only its hash is kept, and earlier ones die. Otherwise undefined.
 */
export async function prepareSetup({ db }: Pick<Context, 'db'>): Promise<string | undefined> {
  return db.persons.transaction().execute(async (tx) => {
    await lockSetup(tx);
    if (await anyPerson(tx)) return undefined;
    const token = newSetupToken();
    await storeSetupToken(tx, hashSetupToken(token));
    return token;
  });
}
