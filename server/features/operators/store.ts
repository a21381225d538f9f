import type { Generated, Insertable, Selectable } from 'kysely';
import type { Operator, Role, Status } from '#protocol/operators.ts';
import type { Tx } from '../../core/database/database.ts';

type OperatorsTable = {
  account_id: string;
  operator_id: string;
  person_id: string;
  handle: string;
  name: string;
  role: Role;
  status: Status;
  capacity: Generated<number | null>;
  created_at: Date;
  deleted_at: Generated<Date | null>;
  signed_out_at: Generated<Date | null>;
  offered_at: Generated<Date | null>;
  changed_seq: Generated<number>;
};

declare module '../../core/database/database.ts' {
  interface Tables {
    operators: OperatorsTable;
  }
}

const columns = ['operator_id as id', 'handle', 'name', 'role', 'status', 'capacity'] as const;

/** Everybody who is not deleted, oldest first. */
export async function listOperators(tx: Tx, accountId: string): Promise<Operator[]> {
  return tx
    .selectFrom('operators')
    .select(columns)
    .where('account_id', '=', accountId)
    .where('deleted_at', 'is', null)
    .orderBy('created_at')
    .orderBy('operator_id')
    .execute();
}

export async function listChangedOperators(
  tx: Tx,
  accountId: string,
  changedAfter: number,
): Promise<(Operator & { deleted: boolean })[]> {
  return tx
    .selectFrom('operators')
    .select(columns)
    .select((expression) => expression('deleted_at', 'is not', null).$castTo<boolean>().as('deleted'))
    .where('account_id', '=', accountId)
    .where('changed_seq', '>', changedAfter)
    .orderBy('created_at')
    .orderBy('operator_id')
    .execute();
}

export async function findOperator(
  tx: Tx,
  accountId: string,
  operatorId: string,
): Promise<Operator | undefined> {
  return tx
    .selectFrom('operators')
    .select(columns)
    .where('account_id', '=', accountId)
    .where('operator_id', '=', operatorId)
    .where('deleted_at', 'is', null)
    .executeTakeFirst();
}

export async function findBy(
  tx: Tx,
  accountId: string,
  who: { handle: string } | { email: string },
): Promise<{ id: string } | undefined> {
  const all = tx
    .selectFrom('operators')
    .select('operator_id as id')
    .where('account_id', '=', accountId)
    .where('deleted_at', 'is', null);
  if ('handle' in who) return all.where('handle', '=', who.handle).executeTakeFirst();
  return all
    .innerJoin('persons', 'persons.id', 'operators.person_id')
    .where('persons.email', '=', who.email)
    .executeTakeFirst();
}

export async function countRows(tx: Tx, accountId: string, role?: Role): Promise<number> {
  const all = tx
    .selectFrom('operators')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('account_id', '=', accountId)
    .where('deleted_at', 'is', null);
  return (await (role ? all.where('role', '=', role) : all).executeTakeFirstOrThrow()).count;
}

export async function insertOperator(tx: Tx, row: Insertable<OperatorsTable>): Promise<void> {
  await tx.insertInto('operators').values(row).execute();
}

type Changing = 'name' | 'handle' | 'role' | 'status' | 'capacity' | 'deleted_at';
type Change = { [Column in Changing]?: Selectable<OperatorsTable>[Column] | undefined };

/** The operator as it is then; undefined when there is no such operator (any more). */
export async function updateOperator(
  tx: Tx,
  accountId: string,
  operatorId: string,
  change: Change,
  changedSeq: number,
): Promise<Operator | undefined> {
  return tx
    .updateTable('operators')
    .set({ ...change, changed_seq: changedSeq })
    .where('account_id', '=', accountId)
    .where('operator_id', '=', operatorId)
    .where('deleted_at', 'is', null)
    .returning(columns)
    .executeTakeFirst();
}

/** Says whether there was such an operator. */
export async function updateSignedOut(
  tx: Tx,
  accountId: string,
  operatorId: string,
  at: Date,
): Promise<boolean> {
  const result = await tx
    .updateTable('operators')
    .set({ signed_out_at: at })
    .where('account_id', '=', accountId)
    .where('operator_id', '=', operatorId)
    .where('deleted_at', 'is', null)
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

/** Across accounts: for a transaction of the person (`db.asPerson`). */
export async function listMembershipRows(tx: Tx, personId: string) {
  return tx
    .selectFrom('operators')
    .innerJoin('accounts', 'accounts.account_id', 'operators.account_id')
    .select([
      'operators.operator_id as operatorId',
      'operators.handle',
      'operators.name',
      'operators.role',
      'accounts.account_id as accountId',
      'accounts.name as accountName',
      'accounts.title',
    ])
    .where('operators.person_id', '=', personId)
    .where('operators.deleted_at', 'is', null)
    .orderBy('accounts.title')
    .orderBy('accounts.account_id')
    .execute();
}

/** For a transaction of the person. */
export async function findMembership(
  tx: Tx,
  personId: string,
  operatorId: string,
): Promise<{ accountId: string; role: Role; name: string; signedOutAt: Date | null } | undefined> {
  return tx
    .selectFrom('operators')
    .select(['account_id as accountId', 'role', 'name', 'signed_out_at as signedOutAt'])
    .where('person_id', '=', personId)
    .where('operator_id', '=', operatorId)
    .where('deleted_at', 'is', null)
    .executeTakeFirst();
}
