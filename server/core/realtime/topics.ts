/** Names of what a connection can follow. */
export const topics = {
  conversation: (accountId: string, conversationId: string) => `c:${accountId}:${conversationId}`,
  /** The account's change stream: operators. */
  account: (accountId: string) => `a:${accountId}`,
  /** All lines of one operator: what its membership is. */
  operator: (accountId: string, operatorId: string) => `o:${accountId}:${operatorId}`,
  /** All lines of one visitor: what it begins in one tab is shown in the other. */
  visitor: (accountId: string, visitorId: string) => `w:${accountId}:${visitorId}`,
  /** Visitors of an account with an open line: presence. */
  visitors: (accountId: string) => `v:${accountId}`,
  session: (sessionId: string) => `s:${sessionId}`,
  /** Who is on the account's sites, among the processes that hear them or show them. */
  siteVisits: (accountId: string) => `p:${accountId}`,
  /** That somebody looks at the visitors of the account: every process hears it of all accounts. */
  watched: (accountId: string) => `l:${accountId}`,
};

export type Topic =
  | { kind: 'c'; accountId: string; id: string }
  | { kind: 'o' | 'w'; accountId: string; id: string }
  | { kind: 'a' | 'v' | 'p' | 'l'; accountId: string }
  | { kind: 's'; id: string };

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Name -> its parts; undefined for what is no topic. */
export function topicOf(name: string): Topic | undefined {
  const [kind, first = '', second, ...more] = name.split(':');
  if (!UUID.test(first) || (second !== undefined && !UUID.test(second)) || more.length > 0) return undefined;
  if (kind === 'c' || kind === 'o' || kind === 'w')
    return second === undefined ? undefined : { kind, accountId: first, id: second };
  if (second !== undefined) return undefined;
  if (kind === 'a' || kind === 'v' || kind === 'p' || kind === 'l') return { kind, accountId: first };
  return kind === 's' ? { kind, id: first } : undefined;
}
