import { type Generated, type Kysely, sql } from 'kysely';
import type { Tables, Tx } from '../../core/database/database.ts';

type PersonsTable = {
  id: string;
  name: string;
  email: string;
  email_verified: boolean;
  image: string | null;
  platform_administrator: boolean;
  created_at: Date;
  updated_at: Date;
};
type SessionsTable = {
  id: string;
  person_id: string;
  token: string;
  expires_at: Date;
  ip_address: string | null;
  user_agent: string | null;
  created_at: Date;
  updated_at: Date;
};
type CredentialsTable = {
  id: string;
  person_id: string;
  account_id: string;
  provider_id: string;
  password: string | null;
  created_at: Date;
  updated_at: Date;
};

type VerificationsTable = {
  id: string;
  identifier: string;
  value: string;
  expires_at: Date;
  created_at: Date;
  updated_at: Date;
};

declare module '../../core/database/database.ts' {
  interface Tables {
    installation: { only_one: Generated<boolean>; setup_token_hash: string | null };
    persons: PersonsTable;
    person_sessions: SessionsTable;
    person_credentials: CredentialsTable;
    person_verifications: VerificationsTable;
  }
}

/** These tables belong to no account, so they are also read outside a transaction. */
type Db = Kysely<Tables>;

export type Person = {
  id: string;
  name: string;
  email: string;
  emailVerified: boolean;
  platformAdministrator: boolean;
};

const personColumns = [
  'id',
  'name',
  'email',
  'email_verified as emailVerified',
  'platform_administrator as platformAdministrator',
] as const;

export async function findPerson(db: Db, personId: string): Promise<Person | undefined> {
  return db.selectFrom('persons').select(personColumns).where('id', '=', personId).executeTakeFirst();
}

/** Whoever else looks for this person to change it waits until the transaction ends. */
export async function lockPersonByEmail(tx: Tx, email: string): Promise<Person | undefined> {
  const found = tx.selectFrom('persons').select(personColumns).where('email', '=', email);
  return found.forUpdate().executeTakeFirst();
}

/** Notes that somebody reads the mail of this address; false when the person has another one by now. */
export async function setVerified(tx: Tx, personId: string, email: string): Promise<boolean> {
  const result = await tx
    .updateTable('persons')
    .set({ email_verified: true, updated_at: new Date() })
    .where('id', '=', personId)
    .where('email', '=', email)
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

export async function personIdOf(db: Db, email: string): Promise<string | undefined> {
  const row = await db.selectFrom('persons').select('id').where('email', '=', email).executeTakeFirst();
  return row?.id;
}

export async function anyPerson(db: Db): Promise<boolean> {
  return (await db.selectFrom('persons').select('id').limit(1).executeTakeFirst()) !== undefined;
}

export async function insertPerson(tx: Tx, person: Person, passwordHash: string): Promise<void> {
  const now = new Date();
  const times = { created_at: now, updated_at: now };
  const { id, name, email, emailVerified, platformAdministrator } = person;
  await tx
    .insertInto('persons')
    .values({
      id,
      name,
      email,
      email_verified: emailVerified,
      image: null,
      platform_administrator: platformAdministrator,
      ...times,
    })
    .execute();
  // The form in which better-auth stores a password.
  const credential = { id: crypto.randomUUID(), person_id: id, account_id: id, provider_id: 'credential' };
  await tx
    .insertInto('person_credentials')
    .values({ ...credential, password: passwordHash, ...times })
    .execute();
}

const ofPassword = { provider_id: 'credential' } as const;

export async function passwordHashOf(db: Db, personId: string): Promise<string | undefined> {
  const row = await db
    .selectFrom('person_credentials')
    .select('password')
    .where('person_id', '=', personId)
    .where('provider_id', '=', ofPassword.provider_id)
    .executeTakeFirst();
  return row?.password ?? undefined;
}

/** Changes the hash only if it is still `before`; says whether it did. */
export async function replacePasswordHash(
  tx: Tx,
  personId: string,
  before: string,
  after: string,
): Promise<boolean> {
  const result = await tx
    .updateTable('person_credentials')
    .set({ password: after, updated_at: new Date() })
    .where('person_id', '=', personId)
    .where('provider_id', '=', ofPassword.provider_id)
    .where('password', '=', before)
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

export type SessionRow = { id: string; createdAt: Date; lastUsedAt: Date; userAgent: string | null };

export async function listSessionRows(db: Db, personId: string): Promise<SessionRow[]> {
  return db
    .selectFrom('person_sessions')
    .select(['id', 'created_at as createdAt', 'updated_at as lastUsedAt', 'user_agent as userAgent'])
    .where('person_id', '=', personId)
    .where('expires_at', '>', new Date())
    .orderBy('updated_at', 'desc')
    .orderBy('id')
    .execute();
}

/** Those of the sessions that are there and have not expired. */
export async function livingSessionIds(db: Db, sessionIds: string[]): Promise<string[]> {
  const rows = await db
    .selectFrom('person_sessions')
    .select('id')
    .where('id', 'in', sessionIds)
    .where('expires_at', '>', new Date())
    .execute();
  return rows.map((row) => row.id);
}

/** Says whether there was one. */
export async function deleteSession(db: Db, personId: string, sessionId: string): Promise<boolean> {
  const result = await db
    .deleteFrom('person_sessions')
    .where('person_id', '=', personId)
    .where('id', '=', sessionId)
    .executeTakeFirst();
  return result.numDeletedRows > 0n;
}

export async function setPasswordHash(tx: Tx, personId: string, hash: string): Promise<void> {
  await tx
    .updateTable('person_credentials')
    .set({ password: hash, updated_at: new Date() })
    .where('person_id', '=', personId)
    .where('provider_id', '=', ofPassword.provider_id)
    .execute();
}

/** Ids of the sessions that were deleted. */
export async function deleteAllSessions(tx: Tx, personId: string): Promise<string[]> {
  const rows = await tx
    .deleteFrom('person_sessions')
    .where('person_id', '=', personId)
    .returning('id')
    .execute();
  return rows.map((row) => row.id);
}

/** Ids of the sessions that were deleted. */
export async function deleteOtherSessions(tx: Tx, personId: string, keep: string): Promise<string[]> {
  const rows = await tx
    .deleteFrom('person_sessions')
    .where('person_id', '=', personId)
    .where('id', '!=', keep)
    .returning('id')
    .execute();
  return rows.map((row) => row.id);
}

/** SHA-256 of the one-time setup token; takes the lock under which setup is decided. */
export async function lockSetup(tx: Tx): Promise<string | null> {
  const row = await tx
    .selectFrom('installation')
    .select('setup_token_hash')
    .forUpdate()
    .executeTakeFirstOrThrow();
  return row.setup_token_hash;
}

export async function storeSetupToken(tx: Tx, hash: string | null): Promise<void> {
  await tx.updateTable('installation').set({ setup_token_hash: hash }).execute();
}

/** Also forgets those of the same person and purpose that have expired. */
export async function insertVerification(
  tx: Tx,
  { id, identifier, value, expiresAt }: { id: string; identifier: string; value: string; expiresAt: Date },
): Promise<void> {
  const now = new Date();
  await tx
    .deleteFrom('person_verifications')
    .where('identifier', '=', identifier)
    .where('expires_at', '<', now)
    .execute();
  await tx
    .insertInto('person_verifications')
    .values({ id, identifier, value, expires_at: expiresAt, created_at: now, updated_at: now })
    .execute();
}

/** Takes the one with this id away, if its identifier begins so and it has not expired, and all of the same identifier. */
export async function takeVerification(
  tx: Tx,
  beginning: string,
  id: string,
): Promise<{ identifier: string; value: string } | undefined> {
  const found = await tx
    .deleteFrom('person_verifications')
    .where('id', '=', id)
    .where('expires_at', '>', new Date())
    .where(sql<boolean>`starts_with(identifier, ${beginning})`)
    .returning(['identifier', 'value'])
    .executeTakeFirst();
  if (found) await tx.deleteFrom('person_verifications').where('identifier', '=', found.identifier).execute();
  return found;
}
