import { sql } from 'kysely';
import type { Tx } from '../../core/database/database.ts';

export type VisitorRow = {
  account_id: string;
  visitor_id: string;
  name: string | null;
  email: string | null;
  external_id: string | null;
  attributes: Record<string, string>;
  browser: string | null;
  language: string | null;
  first_seen_at: Date;
};

declare module '../../core/database/database.ts' {
  interface Tables {
    visitors: VisitorRow;
  }
}

export type VisitorNews = {
  name?: string | null | undefined;
  email?: string | null | undefined;
  browser?: string | null | undefined;
  language?: string | null | undefined;
};

/** Makes or updates the visitor's row and locks it until the transaction ends. undefined leaves a column as it is. */
export async function upsertVisitor(
  tx: Tx,
  accountId: string,
  visitorId: string,
  news: VisitorNews,
): Promise<VisitorRow> {
  const row = {
    name: news.name ?? null,
    email: news.email ?? null,
    browser: news.browser ?? null,
    language: news.language ?? null,
  };
  const given = Object.fromEntries(Object.entries(news).filter(([, value]) => value !== undefined));
  return tx
    .insertInto('visitors')
    .values({
      account_id: accountId,
      visitor_id: visitorId,
      ...row,
      external_id: null,
      attributes: {},
      first_seen_at: new Date(),
    })
    .onConflict((conflict) =>
      conflict.columns(['account_id', 'visitor_id']).doUpdateSet({ visitor_id: visitorId, ...given }),
    )
    .returningAll()
    .executeTakeFirstOrThrow();
}

export async function findVisitor(
  tx: Tx,
  accountId: string,
  visitorId: string,
): Promise<VisitorRow | undefined> {
  return tx
    .selectFrom('visitors')
    .selectAll()
    .where('account_id', '=', accountId)
    .where('visitor_id', '=', visitorId)
    .executeTakeFirst();
}

export async function findByExternalId(
  tx: Tx,
  accountId: string,
  externalId: string,
): Promise<VisitorRow | undefined> {
  return tx
    .selectFrom('visitors')
    .selectAll()
    .where('account_id', '=', accountId)
    .where('external_id', '=', externalId)
    .executeTakeFirst();
}

export async function setExternalId(
  tx: Tx,
  accountId: string,
  visitorId: string,
  externalId: string,
): Promise<void> {
  await tx
    .updateTable('visitors')
    .set({ external_id: externalId })
    .where('account_id', '=', accountId)
    .where('visitor_id', '=', visitorId)
    .execute();
}

/** Marks an identity as used until `expires` (Unix seconds); false when it was used before, on whatever process. */
export async function useIdentity(tx: Tx, accountId: string, jti: string, expires: number): Promise<boolean> {
  await sql`delete from used_identities where account_id = ${accountId} and expires_at < now()`.execute(tx);
  const { numAffectedRows = 0n } = await sql`insert into used_identities (account_id, jti, expires_at)
    values (${accountId}, ${jti}, to_timestamp(${expires})) on conflict do nothing`.execute(tx);
  return numAffectedRows > 0n;
}

export async function mergeAttributes(
  tx: Tx,
  accountId: string,
  visitorId: string,
  news: Record<string, string>,
): Promise<void> {
  await sql`update visitors set attributes = attributes || ${JSON.stringify(news)}::jsonb
    where account_id = ${accountId} and visitor_id = ${visitorId}`.execute(tx);
}

/** Pages that were looked at during these conversations, newest first, at most 50. */
export async function listPages(
  tx: Tx,
  accountId: string,
  conversationIds: string[],
): Promise<{ url: string; title: string; at: Date }[]> {
  const { rows } = await sql<{ url: string; title: string; at: Date }>`
    select what -> 'page' ->> 'url' as url, what -> 'page' ->> 'title' as title, at from entries
    where account_id = ${accountId} and conversation_id = any(${conversationIds}::uuid[]) and what ->> 'kind' = 'page'
    order by at desc limit 50`.execute(tx);
  return rows;
}
