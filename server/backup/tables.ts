/**
 * What becomes of each table in a backup. `copied` stands in an order in which every foreign key finds its row. A table
 * that is in neither list fails tables.test.ts.
 */
export const copied = [
  'installation',
  'persons',
  'person_sessions',
  'person_credentials',
  'person_verifications',
  'accounts',
  'account_streams',
  'domains',
  'operators',
  'chatboxes',
  'visitors',
  'conversations',
  'entries',
  'used_identities',
  'routing_settings',
  'departments',
  'destinations',
  'url_rules',
  'url_rule_operators',
  'offline_recipients',
  'invitations',
  'membership_requests',
  'mails',
] as const;

/** Made anew by every installation, with the reason. */
export const left: Record<string, string> = {
  migrations: 'the manifest names them, and a restore runs them',
  nodes: 'leases of processes that are not there any more',
  pgboss: 'jobs, whose schema the next start makes: each speaks of a row that is copied',
  operator_sessions: 'lines to those processes',
};
