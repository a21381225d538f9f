import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { databaseUrl } from './postgres.ts';

export type EmptyDatabase = {
  url: string;
  /** As a superuser. */
  query: <Row extends object>(text: string, values?: unknown[]) => Promise<Row[]>;
  /** Names of the tables in the schema `public`. */
  tables: () => Promise<string[]>;
  [Symbol.asyncDispose]: () => Promise<void>;
};

/** A database without anything in it; dropped at the end. `owner`: somebody who owns it and is no superuser. */
export async function emptyDatabase(owner?: string): Promise<EmptyDatabase> {
  const server = process.env['FOYER_TEST_DATABASE_URL'];
  if (!server) throw new Error('run this through `npm run test:unit -- <path>`, which starts PostgreSQL');
  const name = `foyer_empty_${randomBytes(6).toString('hex')}`;
  await queryAt(server, `create database ${name} ${owner === undefined ? '' : `owner ${owner}`}`);
  const superuser = databaseUrl(server, name);
  const url = new URL(superuser);
  if (owner !== undefined) {
    url.username = owner;
    url.password = owner;
  }
  const query = <Row extends object>(text: string, values?: unknown[]): Promise<Row[]> =>
    queryAt(superuser, text, values);
  const tables = async (): Promise<string[]> => {
    const text = `select tablename from pg_tables where schemaname = 'public' order by 1`;
    return (await query<{ tablename: string }>(text)).map(({ tablename }) => tablename);
  };
  const drop = async (): Promise<void> => void (await queryAt(server, `drop database ${name} with (force)`));
  return { url: url.href, query, tables, [Symbol.asyncDispose]: drop };
}

async function queryAt<Row extends object>(
  url: string,
  text: string,
  values: unknown[] = [],
): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text, values)).rows as Row[];
  } finally {
    await client.end();
  }
}
