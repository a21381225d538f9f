/** Names of what a connection can follow. */
export const topics = {
  conversation: (accountId: string, conversationId: string) => `c:${accountId}:${conversationId}`,
  /** The account's change stream: operators. */
  account: (accountId: string) => `a:${accountId}`,
  /** All lines of one visitor: what it begins in one tab is shown in the other. */
  visitor: (accountId: string, visitorId: string) => `w:${accountId}:${visitorId}`,
  /** Visitors of an account with an open line: presence. */
  visitors: (accountId: string) => `v:${accountId}`,
  session: (sessionId: string) => `s:${sessionId}`,
};
