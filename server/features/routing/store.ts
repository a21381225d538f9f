import { sql, type Generated } from 'kysely';
import type { Department, Destination, Routing, RoutingSettings } from '#protocol/routing.ts';
import type { Tx } from '../../core/database/database.ts';
import type { RoutedOperator } from './route.ts';

/** What a switch of departments took (OP-11). */
export type Taken = {
  departments: { id: string; name: string }[];
  destinations: Record<string, Destination[]>;
};

type SettingsTable = {
  account_id: string;
  /** What the account has chosen; the rest is default. */
  settings: Partial<RoutingSettings>;
  undo: Taken | null;
  changed_seq: Generated<number>;
};
type DestinationsTable = {
  account_id: string;
  destination_id: Generated<string>;
  operator_id: string;
  language: string;
  department_id: string | null;
};

declare module '../../core/database/database.ts' {
  interface Tables {
    routing_settings: SettingsTable;
    departments: { account_id: string; department_id: string; name: string; created_at: Date };
    destinations: DestinationsTable;
    url_rules: { account_id: string; rule_id: string; address: string; created_at: Date };
    url_rule_operators: { account_id: string; rule_id: string; operator_id: string };
    offline_recipients: { account_id: string; operator_id: string };
  }
}

/** Everything that an account has chosen, as it is stored; `changedSeq` 0 for an account that never chose. */
export type StoredRouting = Omit<Routing, 'settings'> & {
  settings: Partial<RoutingSettings>;
  accountLanguage: string;
  changedSeq: number;
};

/** One statement: it is read for every visitor. */
export async function findRouting(tx: Tx, accountId: string): Promise<StoredRouting> {
  const { rows } = await sql<StoredRouting>`
    select a.language as "accountLanguage", coalesce(s.settings, '{}') as settings, s.undo is not null as undoable,
      greatest(a.changed_seq, coalesce(s.changed_seq, 0)) as "changedSeq",
      (select coalesce(json_agg(json_build_object('id', d.department_id, 'name', d.name, 'operators', (
          select coalesce(json_agg(distinct x.operator_id), '[]') from destinations x
          where x.account_id = d.account_id and x.department_id = d.department_id
        )) order by lower(d.name), d.department_id), '[]')
        from departments d where d.account_id = a.account_id) as departments,
      (select coalesce(json_object_agg(o.operator_id, o.served), '{}') from (
          select x.operator_id, json_agg(json_build_object('language', x.language, 'departmentId', x.department_id)
            order by x.language, x.department_id) as served
          from destinations x where x.account_id = a.account_id group by x.operator_id
        ) o) as destinations,
      (select coalesce(json_agg(json_build_object('id', r.rule_id, 'address', r.address, 'operators', (
          select coalesce(json_agg(x.operator_id order by x.operator_id), '[]') from url_rule_operators x
          where x.account_id = r.account_id and x.rule_id = r.rule_id
        ))), '[]') from url_rules r where r.account_id = a.account_id) as rules,
      (select coalesce(json_agg(x.operator_id order by x.operator_id), '[]')
        from offline_recipients x where x.account_id = a.account_id) as "offlineRecipients"
    from accounts a left join routing_settings s using (account_id) where a.account_id = ${accountId}`.execute(
    tx,
  );
  const row = rows[0];
  if (!row) throw new Error('the account is not there');
  return row;
}

/** Makes the account's row if need be; answers what can be put back. */
export async function openRouting(tx: Tx, accountId: string): Promise<Taken | null> {
  const { undo } = await tx
    .insertInto('routing_settings')
    .values({ account_id: accountId, settings: {}, undo: null })
    .onConflict((conflict) => conflict.column('account_id').doUpdateSet({ account_id: accountId }))
    .returning('undo')
    .executeTakeFirstOrThrow();
  return undo;
}

export async function stampRouting(tx: Tx, accountId: string, changedSeq: number): Promise<void> {
  await tx
    .updateTable('routing_settings')
    .set({ changed_seq: changedSeq })
    .where('account_id', '=', accountId)
    .execute();
}

export async function mergeSettings(
  tx: Tx,
  accountId: string,
  change: { [Name in keyof RoutingSettings]?: RoutingSettings[Name] | undefined },
): Promise<void> {
  await sql`update routing_settings set settings = settings || ${JSON.stringify(change)}::jsonb
    where account_id = ${accountId}`.execute(tx);
}

export async function storeUndo(tx: Tx, accountId: string, undo: Taken | null): Promise<void> {
  await tx.updateTable('routing_settings').set({ undo }).where('account_id', '=', accountId).execute();
}

/** How many of these are operators of the account now. */
export async function countOperators(tx: Tx, accountId: string, operatorIds: string[]): Promise<number> {
  const { rows } = await sql<{ count: number }>`select count(*) from operators
    where account_id = ${accountId} and operator_id = any(${operatorIds}::uuid[]) and deleted_at is null`.execute(
    tx,
  );
  return rows[0]?.count ?? 0;
}

// ---- departments and destinations --------------------------------------------------------------------------

export async function insertDepartments(
  tx: Tx,
  accountId: string,
  departments: Pick<Department, 'id' | 'name'>[],
): Promise<void> {
  if (departments.length === 0) return;
  const row = { account_id: accountId, created_at: new Date() };
  await tx
    .insertInto('departments')
    .values(departments.map(({ id, name }) => ({ ...row, department_id: id, name })))
    .execute();
}

export async function renameDepartment(
  tx: Tx,
  accountId: string,
  departmentId: string,
  name: string,
): Promise<void> {
  await tx
    .updateTable('departments')
    .set({ name })
    .where('account_id', '=', accountId)
    .where('department_id', '=', departmentId)
    .execute();
}

/** Its destinations go with it. Without an id: all. */
export async function deleteDepartments(tx: Tx, accountId: string, departmentId?: string): Promise<void> {
  let statement = tx.deleteFrom('departments').where('account_id', '=', accountId);
  if (departmentId !== undefined) statement = statement.where('department_id', '=', departmentId);
  await statement.execute();
}

/** What is there already stays. Operators who are not of the account (any more) are left out. */
export async function insertDestinations(
  tx: Tx,
  accountId: string,
  rows: { operatorId: string; language: string; departmentId: string | null }[],
): Promise<void> {
  await sql`insert into destinations (account_id, operator_id, language, department_id)
    select o.account_id, o.operator_id, x.language, x."departmentId"
    from json_to_recordset(${JSON.stringify(rows)}::json) as x ("operatorId" uuid, language text, "departmentId" uuid)
    join operators o on o.account_id = ${accountId} and o.operator_id = x."operatorId" and o.deleted_at is null
    on conflict do nothing`.execute(tx);
}

/** Those of an operator, in a department, or all of the account. */
export async function deleteDestinations(
  tx: Tx,
  accountId: string,
  { operatorIds, departmentId }: { operatorIds?: string[]; departmentId?: string } = {},
): Promise<void> {
  let statement = tx.deleteFrom('destinations').where('account_id', '=', accountId);
  if (operatorIds) statement = statement.where('operator_id', 'in', operatorIds);
  if (departmentId !== undefined) statement = statement.where('department_id', '=', departmentId);
  await statement.execute();
}

export async function deleteDestinationsExcept(
  tx: Tx,
  accountId: string,
  languages: string[],
): Promise<void> {
  await tx
    .deleteFrom('destinations')
    .where('account_id', '=', accountId)
    .where('language', 'not in', languages)
    .execute();
}

// ---- rules and recipients ----------------------------------------------------------------------------------

/** Makes or changes the rule, with exactly these operators. */
export async function putRule(
  tx: Tx,
  accountId: string,
  { id, address, operators }: { id: string; address: string; operators: string[] },
): Promise<void> {
  await tx
    .insertInto('url_rules')
    .values({ account_id: accountId, rule_id: id, address, created_at: new Date() })
    .onConflict((conflict) => conflict.columns(['account_id', 'rule_id']).doUpdateSet({ address }))
    .execute();
  await tx
    .deleteFrom('url_rule_operators')
    .where('account_id', '=', accountId)
    .where('rule_id', '=', id)
    .execute();
  await tx
    .insertInto('url_rule_operators')
    .values(operators.map((operator_id) => ({ account_id: accountId, rule_id: id, operator_id })))
    .execute();
}

export async function deleteRule(tx: Tx, accountId: string, ruleId: string): Promise<void> {
  await tx
    .deleteFrom('url_rules')
    .where('account_id', '=', accountId)
    .where('rule_id', '=', ruleId)
    .execute();
}

export async function replaceRecipients(tx: Tx, accountId: string, operators: string[]): Promise<void> {
  await tx.deleteFrom('offline_recipients').where('account_id', '=', accountId).execute();
  if (operators.length === 0) return;
  await tx
    .insertInto('offline_recipients')
    .values(operators.map((operator_id) => ({ account_id: accountId, operator_id })))
    .execute();
}

export async function deleteOperatorTraces(tx: Tx, accountId: string, operatorId: string): Promise<void> {
  for (const table of ['destinations', 'url_rule_operators', 'offline_recipients'] as const)
    await sql`delete from ${sql.table(table)}
      where account_id = ${accountId} and operator_id = ${operatorId}`.execute(tx);
}

// ---- operators as the engine sees them ---------------------------------------------------------------------

/** One statement: who is there by the leases of now, with how many conversations. */
export async function findRoutedOperators(tx: Tx, accountId: string): Promise<RoutedOperator[]> {
  const { rows } = await sql<RoutedOperator>`
    select o.operator_id as id, o.name, o.capacity, (extract(epoch from o.offered_at) * 1000)::float8 as "offeredAt",
      case when exists (select from operator_sessions s join nodes n using (node_id)
        where s.account_id = o.account_id and s.operator_id = o.operator_id and n.lease_until > now())
        then o.status else 'offline' end as status,
      (select count(*) from conversations c where c.account_id = o.account_id and c.operator_id = o.operator_id
        and c.state = 'open' and c.channel = 'chat') as load
    from operators o where o.account_id = ${accountId} and o.deleted_at is null
    order by o.created_at, o.operator_id`.execute(tx);
  return rows;
}
