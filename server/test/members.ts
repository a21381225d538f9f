import type { Me } from '#protocol/auth.ts';
import type { Role } from '#protocol/operators.ts';
import type { OperatorActor } from '../core/actor.ts';
import type { RequestInfo } from '../core/http/route.ts';
import type { Context } from '../context.ts';
import { createAccount } from '../features/accounts/create-account.ts';
import { operatorOf } from '../features/auth/authenticate.ts';
import { createPerson } from '../features/auth/create-person.ts';
import { openSession, type Opened } from '../features/auth/sign-in.ts';
import { joinAccount } from '../features/operators/join-account.ts';

export const PASSWORD = 'a password for tests';

/** A request as verbs see it. */
export const requestOf = (headers: Record<string, string> = {}, ip = '192.0.2.1'): RequestInfo => ({
  ip,
  headers: new Headers(headers),
  listener: 'console',
  signal: new AbortController().signal,
});

/** The Cookie header that a browser would send after this answer. */
export const cookieOf = ({ lines }: Pick<Opened, 'lines'>): string =>
  lines.map(([, line]) => line.slice(0, line.indexOf(';'))).join('; ');

export type Member = { me: Me; email: string; actor: OperatorActor; cookie: string; headers: Headers };

/** An account of its own with default chatbox; answers its id. */
export async function testAccount({ db }: Context, name: string): Promise<string> {
  const accountId = crypto.randomUUID();
  await db.inAccount(accountId, (tx) => createAccount(tx, accountId, { name, title: name, language: 'en' }));
  return accountId;
}

/** A new person who is an operator of the account and has signed in. */
export async function testMember(
  context: Context,
  accountId: string,
  role: Role,
  handle: string,
): Promise<Member> {
  const email = `${handle}@${accountId.slice(0, 8)}.example`;
  await context.db.inAccount(accountId, async (tx) => {
    const person = await createPerson(tx, {
      name: handle,
      email,
      password: PASSWORD,
      platformAdministrator: false,
    });
    await joinAccount(tx, accountId, { personId: person.id, handle, name: handle, role });
  });
  return signInAs(context, email);
}

/** One more session of a person, as its first membership. */
export async function signInAs(context: Context, email: string): Promise<Member> {
  const opened = await openSession(context, { email, password: PASSWORD }, requestOf());
  if (!opened) throw new Error(`${email} cannot sign in`);
  const cookie = cookieOf(opened);
  const operatorId = opened.me.memberships[0]?.operatorId ?? '';
  const headers = new Headers({ cookie, 'foyer-operator': operatorId });
  return { me: opened.me, email, cookie, headers, actor: await operatorOf(context, headers, operatorId) };
}

export const countRows = async ({ db }: Context, table: string): Promise<number> => {
  const { rows } = await db.unscoped.query<{ count: number }>(`select count(*) from ${table}`);
  return rows[0]?.count ?? 0;
};

/** Last position of the account's change stream. */
export async function streamHead({ db }: Context, accountId: string): Promise<number> {
  const text = 'select seq from account_streams where account_id = $1';
  const { rows } = await db.unscoped.query<{ seq: number }>(text, [accountId]);
  return rows[0]?.seq ?? -1;
}
