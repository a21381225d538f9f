/** Names of what a connection can follow. */
export const topics = {
  conversation: (accountId: string, conversationId: string) => `c:${accountId}:${conversationId}`,
  /** The account's change stream: operators. */
  account: (accountId: string) => `a:${accountId}`,
  /** Visitors of an account with an open line: presence. */
  visitors: (accountId: string) => `v:${accountId}`,
  session: (sessionId: string) => `s:${sessionId}`,
  operator: (accountId: string, operatorId: string) => `o:${accountId}:${operatorId}`,
};
