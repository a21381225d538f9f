import type { Generated } from 'kysely';
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
  created_at: Date;
  changed_seq: Generated<number>;
};

declare module '../../core/database/database.ts' {
  interface Tables {
    operators: OperatorsTable;
  }
}

const columns = ['operator_id as id', 'handle', 'name', 'role', 'status'] as const;

export async function listOperators(tx: Tx, accountId: string, changedAfter = -1): Promise<Operator[]> {
  return tx
    .selectFrom('operators')
    .select(columns)
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
    .executeTakeFirst();
}

export async function insertOperator(
  tx: Tx,
  row: Omit<OperatorsTable, 'changed_seq'> & { changed_seq: number },
): Promise<void> {
  await tx.insertInto('operators').values(row).execute();
}

export async function updateStatus(
  tx: Tx,
  accountId: string,
  operatorId: string,
  status: Status,
  changedSeq: number,
): Promise<void> {
  await tx
    .updateTable('operators')
    .set({ status, changed_seq: changedSeq })
    .where('account_id', '=', accountId)
    .where('operator_id', '=', operatorId)
    .execute();
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
    .orderBy('accounts.title')
    .orderBy('accounts.account_id')
    .execute();
}

/** For a transaction of the person. */
export async function findMembership(
  tx: Tx,
  personId: string,
  operatorId: string,
): Promise<{ accountId: string; role: Role; name: string } | undefined> {
  return tx
    .selectFrom('operators')
    .select(['account_id as accountId', 'role', 'name'])
    .where('person_id', '=', personId)
    .where('operator_id', '=', operatorId)
    .executeTakeFirst();
}
