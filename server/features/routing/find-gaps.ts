import { usesDepartments, usesRules } from '#protocol/active-routing.ts';
import type { RoutingDecision } from '#protocol/routing.ts';
import { pageOf, parseAddress } from './match-address.ts';
import { route, ruleFor, type RoutedOperator, type RoutingConfig } from './route.ts';

/** A visitor who may come: on a page of this rule (null: of none), with this language. */
export type Place = { page: string | null; address: string | null; language: string };

export type Decided = { place: Place; decision: RoutingDecision };

export type Gaps = {
  /** What is decided about each of those who may come, now. */
  now: Decided[];
  /** The business is closed, until then; null: for ever. */
  closed: { until: string | null } | undefined;
  /** What would be decided if the business were open. */
  open: Decided[];
  /** The same for somebody whose language is none of the account's; undefined while languages decide nothing. */
  stranger: RoutingDecision | undefined;
  /** Whom visitors may choose though nobody of it is there; undefined while there is nothing to choose. */
  departments: string[] | undefined;
};

/** Why somebody cannot be answered at once. */
export type Gap = 'nobody' | 'language' | 'busy';

/** All are looked at where pages or languages are few; else each page and each language. */
const MOST = 300;
/** ISO 639 keeps it free: nobody serves it who does not serve every language. */
const NO_LANGUAGE = 'qaa';

/**
 * Looks for visitors whom nobody answers (VI-14), by asking the engine about everybody who may come to these hosts. One
 * gap must not hide another: business hours are taken away to see the rest. Pure.
 */
export function findGaps(
  config: RoutingConfig,
  operators: readonly RoutedOperator[],
  hosts: readonly string[],
  at: Date,
): Gaps {
  const opened: RoutingConfig = { ...config, settings: { ...config.settings, hours: null } };
  const decide = (by: RoutingConfig, place: Pick<Place, 'page' | 'language'>, departmentId: string | null) =>
    route(by, operators, {
      page: place.page,
      language: place.language,
      departmentId,
      at,
      except: new Set(),
    });
  const places = placesOf(config, hosts);
  const decideAll = (by: RoutingConfig) =>
    places.map((place) => ({ place, decision: decide(by, place, null) }));
  const now = decideAll(config);
  const hours = now[0]?.decision.steps.find(({ step }) => step === 'hours');
  const closed = hours?.step === 'hours' && !hours.open;
  const anywhere = { page: null, language: config.accountLanguage };
  return {
    now,
    closed: closed ? { until: hours.opensAt } : undefined,
    open: closed ? decideAll(opened) : now,
    stranger: servesLanguages(config)
      ? decide(opened, { page: places[0]?.page ?? null, language: NO_LANGUAGE }, null)
      : undefined,
    departments: usesDepartments(config)
      ? config.departments
          .filter(({ id }) => gapOf(decide(opened, anywhere, id)) === 'nobody')
          .map(({ name }) => name)
      : undefined,
  };
}

/** Read off the last step that was taken: who is there is asked after page and language, who is free after that. */
export function gapOf({ outcome, steps }: RoutingDecision): Gap | undefined {
  if (outcome === 'ring') return undefined;
  if (steps.at(-1)?.step === 'free') return 'busy';
  return steps.some(({ step }) => step === 'fallback') ? 'language' : 'nobody';
}

const servesLanguages = ({ destinations }: RoutingConfig): boolean =>
  Object.values(destinations).some((some) => some.length > 0);

function placesOf(config: RoutingConfig, hosts: readonly string[]): Place[] {
  const { accountLanguage: own, settings } = config;
  const pages = pagesOf(config, hosts);
  const others = servesLanguages(config) ? settings.languages.filter((language) => language !== own) : [];
  const [first, ...rest] = pages;
  return [
    ...pages.map((page) => ({ ...page, language: own })),
    ...others.flatMap((language) => (first ? [{ ...first, language }] : [])),
    ...rest.flatMap((page) => others.map((language) => ({ ...page, language }))),
  ].slice(0, MOST);
}

/** One page for each rule that decides about a page of these hosts, and one where none does. */
function pagesOf(config: RoutingConfig, hosts: readonly string[]): Omit<Place, 'language'>[] {
  const anywhere = [{ page: null, address: null }];
  if (!usesRules(config)) return anywhere;
  const twins = hosts.flatMap((host) => [host, `www.${host}`]);
  const homes = twins.map((host) => `https://${host}/`);
  const ruled = config.rules.flatMap(({ address }) => pageOf(parseAddress(address), twins) ?? []);
  const byRule = new Map<number, Omit<Place, 'language'>>();
  for (const page of [...homes, ...ruled]) {
    const rule = ruleFor(config.rules, page);
    if (!byRule.has(rule)) byRule.set(rule, { page, address: config.rules[rule]?.address ?? null });
  }
  return byRule.size > 0 ? [...byRule.values()] : anywhere;
}
