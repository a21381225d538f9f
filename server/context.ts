import type { Config } from './config.ts';
import type { Database } from './core/database/database.ts';
import type { Jobs } from './core/jobs/jobs.ts';
import type { Logger } from './core/logger.ts';
import type { Metrics } from './core/metrics.ts';
import type { HubEvent } from './core/realtime/event.ts';
import type { Hub } from './core/realtime/hub.ts';
import type { NatsBus } from './core/realtime/nats-bus.ts';
import type { Sweeper } from './core/realtime/sweeper.ts';
import type { Auth } from './features/auth/auth.ts';
import type { ConversationLog } from './features/conversations/log.ts';
import type { Reconciler } from './features/conversations/reconciler.ts';
import type { Presence } from './features/operators/presence.ts';
import type { OpenPages } from './features/visitors/open-pages.ts';

/** What is wired once and handed to every verb. */
export type Context = {
  config: Config;
  db: Database;
  hub: Hub<HubEvent>;
  /** To the other processes; undefined when this is the only one. */
  bus: NatsBus | undefined;
  /** Looks into the database for what no event has told. */
  sweeper: Sweeper;
  /** The only writer of entries. */
  conversations: ConversationLog;
  presence: Presence;
  /** Who is on the sites, of the accounts whose operators look at it now. */
  openPages: OpenPages;
  /** What is done later. */
  jobs: Jobs;
  /** Offers everybody who waits to whom the rules say. */
  reconciler: Reconciler;
  auth: Auth;
  /** Derives a signing key for one purpose from the installation's secret. */
  key: (purpose: string) => Uint8Array;
  /** Names this history of the data; another after a restored backup. */
  epoch: string;
  logger: Logger;
  metrics: Metrics;
};
