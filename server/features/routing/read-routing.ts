import type { Routing } from '#protocol/routing.ts';
import type { Tx } from '../../core/database/database.ts';
import { defaultSettings } from './default-settings.ts';
import { compareSpecificity, parseAddress } from './match-address.ts';
import type { RoutedOperator, RoutingConfig } from './route.ts';
import { findRouting, findRoutedOperators, type StoredRouting } from './store.ts';

/** Everything that an account has chosen about who gets a visitor. One statement. */
export async function readRouting(tx: Tx, accountId: string): Promise<Routing> {
  return routingOf(await findRouting(tx, accountId));
}

/** The same with what the engine needs beside it. */
export async function readRoutingConfig(tx: Tx, accountId: string): Promise<RoutingConfig> {
  const stored = await findRouting(tx, accountId);
  return { ...routingOf(stored), accountLanguage: stored.accountLanguage };
}

/** The account's operators as the engine wants them, by the leases and conversations of this transaction. One statement. */
export const readRoutedOperators = (tx: Tx, accountId: string): Promise<RoutedOperator[]> =>
  findRoutedOperators(tx, accountId);

/** The newest state if it changed after this position of the account's change stream; -1: in any case. */
export async function routingChangedAfter(
  tx: Tx,
  accountId: string,
  seq: number,
): Promise<Routing | undefined> {
  const stored = await findRouting(tx, accountId);
  return stored.changedSeq > seq ? routingOf(stored) : undefined;
}

function routingOf({ accountLanguage, changedSeq: _, ...stored }: StoredRouting): Routing {
  const settings = { ...defaultSettings, ...stored.settings };
  const languages = [...new Set([accountLanguage, ...settings.languages])];
  const rules = stored.rules
    .map((rule) => ({ rule, parts: parseAddress(rule.address) }))
    .toSorted((a, b) => compareSpecificity(a.parts, b.parts))
    .map(({ rule }) => rule);
  return { ...stored, settings: { ...settings, languages }, rules };
}
