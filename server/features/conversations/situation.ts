import type { Tx } from '../../core/database/database.ts';
import { readRoutedOperators, readRoutingConfig } from '../routing/read-routing.ts';
import type { RoutedOperator, RoutingConfig } from '../routing/route.ts';

/** What decides who gets a visitor at this moment: the account's rules, who is truly there, and how much each has to do. */
export type Situation = { config: RoutingConfig; operators: RoutedOperator[] };

export const readSituation = async (tx: Tx, accountId: string): Promise<Situation> => ({
  config: await readRoutingConfig(tx, accountId),
  operators: await readRoutedOperators(tx, accountId),
});
