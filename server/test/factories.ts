import { randomUUID } from 'node:crypto';
import type { Role } from '#protocol/operators.ts';
import type { OperatorActor, VisitorActor } from '../core/actor.ts';
import type { Context } from '../context.ts';
import { createAccount } from '../features/accounts/create-account.ts';
import { hashPassword } from '../features/auth/password.ts';
import { insertPerson } from '../features/auth/store.ts';
import { listChatboxes } from '../features/chatboxes/list-chatboxes.ts';
import { insertOperator } from '../features/operators/store.ts';

export type TestAccount = {
  accountId: string;
  /** Public key of the default box. */
  key: string;
  administrator: OperatorActor;
  addOperator: (role: Role) => Promise<OperatorActor>;
  /** A visitor that has not acted yet. */
  visitor: () => VisitorActor;
};

/** Of every operator made here. */
export const PASSWORD = 'a long enough password';

/** Made once: it takes long on purpose. */
const hash = hashPassword(PASSWORD);

let count = 0;

/** An account with its first administrator, straight in the database. */
export async function makeAccount(context: Context): Promise<TestAccount> {
  const accountId = randomUUID();
  const name = `account-${(count += 1)}-${accountId.slice(0, 6)}`;
  await context.db.inAccount(accountId, (tx) =>
    createAccount(tx, accountId, { name, title: 'Test company', language: 'en' }),
  );
  const [box] = await context.db.inAccount(accountId, (tx) => listChatboxes(tx, accountId));
  if (!box) throw new Error('the account has no chatbox');
  const addOperator = (role: Role) => makeOperator(context, accountId, role);
  return {
    accountId,
    key: box.key,
    administrator: await addOperator('administrator'),
    addOperator,
    visitor: () => ({
      kind: 'visitor',
      accountId,
      visitorId: randomUUID(),
      chatboxId: box.id,
      since: new Date(),
    }),
  };
}

async function makeOperator(context: Context, accountId: string, role: Role): Promise<OperatorActor> {
  const operatorId = randomUUID();
  const name = `Operator ${(count += 1)}`;
  const personId = await context.db.inAccount(accountId, async (tx) => {
    const id = randomUUID();
    const rest = { emailVerified: false, platformAdministrator: false };
    await insertPerson(tx, { id, name, email: `${operatorId}@example.com`, ...rest }, await hash);
    await insertOperator(tx, {
      account_id: accountId,
      operator_id: operatorId,
      person_id: id,
      handle: `op-${operatorId.slice(0, 12)}`,
      name,
      role,
      status: 'online',
      created_at: new Date(),
      changed_seq: 0,
    });
    return id;
  });
  return {
    kind: 'operator',
    accountId,
    operatorId,
    personId,
    sessionId: randomUUID(),
    signedInAt: new Date(),
    role,
    name,
  };
}
