import { createHash, randomUUID } from 'node:crypto';
import type { OperatorActor, VisitorActor } from '../core/actor.ts';
import type { Context } from '../context.ts';
import { addDomain } from '../features/accounts/add-domain.ts';
import { acceptConversation } from '../features/conversations/accept-conversation.ts';
import { closeConversation } from '../features/conversations/close-conversation.ts';
import { leaveMessage, startConversation } from '../features/conversations/start-conversation.ts';
import { insertRequest } from '../features/memberships/store.ts';
import { addDepartment } from '../features/routing/add-department.ts';
import { putRule } from '../features/routing/put-rule.ts';
import { setRecipients } from '../features/routing/set-recipients.ts';
import { useIdentity } from '../features/visitors/store.ts';
import { makeAccount } from './factories.ts';
import { speakerOf, type Speaker } from './speakers.ts';

/** Names of what a request can be aimed at. */
export type Ids = {
  conversationId: string;
  waitingId: string;
  closedId: string;
  offlineId: string;
  visitorId: string;
  /** The open page of the visitor with the open conversation. */
  visitId: string;
  chatboxId: string;
  operatorId: string;
  departmentId: string;
  ruleId: string;
  sessionId: string;
  requestId: string;
  host: string;
  key: string;
  email: string;
  mailId: string;
};

/** An account in which there is something of everything, all of it marked with `canary`. */
export type World = {
  accountId: string;
  canary: string;
  ids: Ids;
  administrator: Speaker;
  /** Owns the open conversation. */
  owner: Speaker;
  colleague: Speaker;
  visitor: Speaker;
  otherVisitor: Speaker;
};

export async function makeWorld(context: Context, canary: string): Promise<World> {
  const account = await makeAccount(context);
  const { accountId, key } = account;
  const [administrator, owner, colleague] = await Promise.all(
    [account.administrator, await account.addOperator('normal'), await account.addOperator('normal')].map(
      (actor) => speakerOf(context, { ...actor, name: `${canary} ${actor.operatorId}` }),
    ),
  );
  if (!administrator || !owner || !colleague) throw new Error('three operators');
  const host = `${canary}.example`;
  await context.db.inAccount(accountId, (tx) => addDomain(tx, accountId, host));
  await context.db.unscoped.query(
    'update accounts set title = $2, identity_secret = $3 where account_id = $1',
    [accountId, `${canary} title`, `${canary}-secret`],
  );
  await context.db.unscoped.query(
    `update operators set name = $2 || ' ' || operator_id where account_id = $1`,
    [accountId, canary],
  );
  await context.db.inAccount(accountId, (tx) =>
    useIdentity(tx, accountId, `${canary} jti`, Date.now() / 1000 + 600),
  );
  const requestId = randomUUID();
  await context.db.inAccount(accountId, (tx) =>
    insertRequest(tx, {
      account_id: accountId,
      request_id: requestId,
      email: `${canary}@asked.example`,
      account_title: `${canary} title`,
      asked_by: `${canary} administrator`,
      name: `${canary} asked`,
      handle: 'asked',
      role: 'normal',
      created_at: new Date(),
      expires_at: new Date(Date.now() + 86_400_000),
    }),
  );
  const visitors = [account.visitor(), account.visitor(), account.visitor(), account.visitor()] as const;
  const start = () => ({
    ref: randomUUID(),
    details: { name: `${canary} visitor` },
    page: { url: `https://${host}/`, title: `${canary} page` },
    language: 'en',
    browser: `${canary} browser`,
  });
  const begin = async (visitor: VisitorActor) =>
    (await startConversation(context, visitor, `${canary} text`, start())).conversationId;
  const conversationId = await begin(visitors[0]);
  await acceptConversation(context, owner.actor as OperatorActor, conversationId, randomUUID());
  const waitingId = await begin(visitors[1]);
  const closedId = await begin(visitors[2]);
  await closeConversation(context, owner.actor, closedId, randomUUID());
  const left = { email: `${canary}@example.com`, subject: `${canary} subject`, text: `${canary} text` };
  const offlineId = (await leaveMessage(context, visitors[3], left, start())).conversationId;
  const { operatorId, sessionId } = administrator.actor as OperatorActor;
  const { departmentId, ruleId } = await makeRouting(context, administrator.actor as OperatorActor, canary);
  return {
    accountId,
    canary,
    ids: {
      conversationId,
      waitingId,
      closedId,
      offlineId,
      visitorId: visitors[0].visitorId,
      visitId: openPage(context, visitors[0], conversationId, `${canary} page`),
      chatboxId: visitors[0].chatboxId,
      operatorId,
      departmentId,
      ruleId,
      sessionId,
      requestId,
      host,
      key,
      email: `${operatorId}@example.com`,
      mailId: await firstMailOf(context, accountId),
    },
    administrator,
    owner,
    colleague,
    visitor: await speakerOf(context, visitors[0]),
    otherVisitor: await speakerOf(context, account.visitor()),
  };
}

/** A page in front of this visitor, which stays; operators look at it. Answers the visit's id. */
export function openPage(
  { openPages }: Context,
  { accountId, visitorId }: VisitorActor,
  conversationId: string | null,
  title: string,
): string {
  const tab = randomUUID();
  const seen = {
    tab,
    page: { url: 'https://a.example/', title },
    referrer: null,
    language: 'en',
    seconds: 0,
    refuses: false,
    browser: null,
    who: tab,
    address: tab,
    visitor: { id: visitorId, name: null, email: null },
    conversation:
      conversationId === null ? null : { id: conversationId, state: 'open' as const, operator: null },
  };
  openPages.look(accountId, Infinity);
  void openPages.announce(accountId, seen, { shown: null, wait: 3600, signal: new AbortController().signal });
  return tab;
}

/** Of those that an offline message has caused. */
async function firstMailOf({ db }: Context, accountId: string): Promise<string> {
  const text = 'select mail_id from mails where account_id = $1 limit 1';
  const { rows } = await db.unscoped.query<{ mail_id: string }>(text, [accountId]);
  if (!rows[0]) throw new Error('the offline message caused no mail');
  return rows[0].mail_id;
}

/** A department that was just switched on, a rule for a page nobody visits, a recipient, an invitation. */
async function makeRouting(context: Context, actor: OperatorActor, canary: string) {
  const { accountId, operatorId } = actor;
  const operators = [operatorId];
  const rule = { address: `${canary}.example/rule`, operators };
  await putRule(context, actor, undefined, rule);
  await setRecipients(context, actor, operators);
  const { departments, rules } = await addDepartment(context, actor, {
    name: `${canary} department`,
    operators,
  });
  await context.db.unscoped.query(
    `insert into invitations (account_id, invitation_id, visit_id, operator_id, text, at, state)
     values ($1, $2, $3, $4, $5, now(), 'expired')`,
    [accountId, randomUUID(), randomUUID(), operatorId, `${canary} invitation`],
  );
  return { departmentId: departments[0]?.id ?? '', ruleId: rules[0]?.id ?? '' };
}

/** Ids of nothing. */
export const nowhere = (): Ids => ({
  conversationId: randomUUID(),
  waitingId: randomUUID(),
  closedId: randomUUID(),
  offlineId: randomUUID(),
  visitorId: randomUUID(),
  visitId: randomUUID(),
  chatboxId: randomUUID(),
  operatorId: randomUUID(),
  departmentId: randomUUID(),
  ruleId: randomUUID(),
  sessionId: randomUUID(),
  requestId: randomUUID(),
  host: `${randomUUID()}.example`,
  key: randomUUID().replaceAll('-', '').slice(0, 22),
  email: `${randomUUID()}@example.com`,
  mailId: randomUUID(),
});

/** Names of all tables that hold rows of accounts. */
export async function accountTables({ db }: Context): Promise<string[]> {
  const text = `select table_name from information_schema.columns
    where table_schema = 'public' and column_name = 'account_id' and data_type = 'uuid' order by table_name`;
  const { rows } = await db.unscoped.query<{ table_name: string }>(text);
  return rows.map((row) => row.table_name);
}

/** Hash of every row of an account, its people and their credentials, table by table. */
export async function fingerprint(context: Context, accountId: string): Promise<Record<string, string>> {
  const { unscoped } = context.db;
  const people = '(select person_id from operators where account_id = $1)';
  const wheres = (await accountTables(context)).map((table) => [table, 'account_id = $1'] as const);
  const ofPeople = [
    ['persons', `id in ${people}`],
    ['person_sessions', `person_id in ${people}`],
    ['person_credentials', `person_id in ${people}`],
  ] as const;
  const hashes: Record<string, string> = {};
  for (const [table, where] of [...wheres, ...ofPeople]) {
    const { rows } = await unscoped.query<{ row: string }>(
      `select t::text as row from ${table} t where ${where} order by 1`,
      [accountId],
    );
    hashes[table] = `${rows.length} rows, ${createHash('sha256')
      .update(rows.map(({ row }) => row).join('\n'))
      .digest('hex')
      .slice(0, 16)}`;
  }
  return hashes;
}
