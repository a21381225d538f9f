import { setTimeout as sleep } from 'node:timers/promises';

import { Client } from 'pg';

import { hasCode } from '../../has-code.ts';

export type Connection = { host: string; port: number; user: string; database: string };

/** PostgreSQL answers, but not yet: starting, recovering, shutting down; or all connections are taken. */
const NOT_YET = ['57P03', '53300'];
/** Nobody listens, or the connection broke before its greeting. */
const SILENCE = ['ENOENT', 'ECONNREFUSED', 'ECONNRESET', 'EPIPE'];
const NO_SUCH_DATABASE = '3D000';

/**
 * Waits until the database of `connection` takes connections, and creates it if the cluster lacks it. Recovery after a
 * crash may take minutes, so there is no limit as long as the postmaster answers at all.
 */
export async function awaitReady(
  connection: Connection,
  isAlive: () => Promise<boolean>,
  longestSilence: number,
): Promise<'ready' | 'ended' | 'silent'> {
  let lastAnswer = performance.now();
  for (let pause = 10; ; pause = Math.min(pause * 1.5, 200)) {
    const outcome = await tryConnecting(connection);
    if (outcome === 'ready') return 'ready';
    if (outcome === 'answered') lastAnswer = performance.now();
    if (!(await isAlive())) return 'ended';
    if (performance.now() - lastAnswer > longestSilence) return 'silent';
    await sleep(pause);
  }
}

/** Whether any PostgreSQL listens there, ready or not. */
export async function isAnswering(connection: Connection): Promise<boolean> {
  return (await tryConnecting(connection)) !== 'nothing';
}

async function tryConnecting(connection: Connection): Promise<'ready' | 'answered' | 'nothing'> {
  try {
    await query(connection, 'SELECT 1');
    return 'ready';
  } catch (error) {
    if (hasCode(error, NO_SUCH_DATABASE)) {
      await query({ ...connection, database: 'postgres' }, `CREATE DATABASE "${connection.database}"`);
      return 'answered';
    }
    if (hasCode(error, ...NOT_YET)) return 'answered';
    if (hasCode(error, ...SILENCE) || isTimeout(error)) return 'nothing';
    throw error;
  }
}

/**
 * Ends what a killed server left behind in a postmaster that lived on: its running statements and their locks.
 * Resolves when they are gone, so that none of their commits can land after the new server has begun to read.
 */
export async function endLeftoverSessions(connection: Connection): Promise<void> {
  await query(
    connection,
    `SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()`,
  );
}

async function query(connection: Connection, sql: string): Promise<void> {
  const client = new Client({ ...connection, ssl: false, connectionTimeoutMillis: 5_000 });
  // Without a listener a connection that breaks while idle would end the whole server.
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query(sql);
  } finally {
    await client.end();
  }
}

/** pg gives these two no code. */
function isTimeout(error: unknown): boolean {
  return error instanceof Error && /timeout expired|terminated/.test(error.message);
}
