import { usesDepartments, usesRules } from '#protocol/active-routing.ts';
import { servesLanguage } from '#protocol/match-language.ts';
import type { Routing, RoutingDecision, RoutingOutcome, RoutingStep, UrlRule } from '#protocol/routing.ts';
import type { Status } from '#protocol/operators.ts';
import { isOpen, nextOpening } from './business-hours.ts';
import { matchesAddress, parseAddress, parsePage, type Address } from './match-address.ts';

/** What an account chose, beside its own language. */
export type RoutingConfig = Routing & { accountLanguage: string };

/** An operator of the account, as it is at this moment. */
export type RoutedOperator = {
  id: string;
  name: string;
  /** The chosen status while a live line stands behind it, else `offline`. */
  status: Status;
  /** Open conversations that it owns. */
  load: number;
  /** Its own limit of them; null: the account's. */
  capacity: number | null;
  /** When it was last rung, in ms; null never. */
  offeredAt: number | null;
};

export type RoutingRequest = {
  page: string | null;
  /** null: the account's own. */
  language: string | null;
  departmentId: string | null;
  at: Date;
  /** Who was rung and did not take it: rung again only when nobody else is left. */
  except: ReadonlySet<string>;
};

const NAMES = 10;

/**
 * Who gets a visitor (OP-13): the one engine of conversations, widget and simulator, and pure. It narrows the account's
 * operators by page, department and language, then to who is there, free and chosen. Language counts among those whom
 * page and department left: while somebody of them is there, but nobody who serves it, the account's fallback decides
 * (VI-06). The audience is never empty: where nobody would be left, it stays what it was before that step.
 */
export function route(
  config: RoutingConfig,
  operators: readonly RoutedOperator[],
  request: RoutingRequest,
): RoutingDecision {
  const steps: RoutingStep[] = [];
  const closed = closedUntil(config, request.at, steps);
  const onPage = byPage(config, operators, request, steps);
  const inDepartment = byDepartment(config, onPage, request, steps);
  const { candidates, outcome } = byLanguage(config, inDepartment, request, steps);
  const audience = [candidates, inDepartment, onPage].find((left) => left.length > 0) ?? operators;
  const decide = (how: RoutingOutcome, ring: RoutedOperator[] = []): RoutingDecision => ({
    outcome: how,
    audience: audience.length === operators.length ? null : audience.map(({ id }) => id),
    ring: ring.map(({ id }) => id),
    opensAt: closed?.opensAt ?? null,
    steps,
  });
  if (closed) return decide('offline');
  if (outcome) return decide(outcome);
  const present = candidates.filter(isPresent);
  steps.push({ step: 'present', operators: present.length });
  if (present.length === 0) return decide('offline');
  const free = present.filter((operator) => hasRoom(config, operator));
  steps.push({ step: 'free', operators: free.length, names: namesOf(free.toSorted(byName)) });
  if (free.length === 0) return decide('queue');
  const ring = choose(config, free, request.except);
  steps.push({ step: 'chosen', by: config.settings.distribution, names: namesOf(ring) });
  return decide('ring', ring);
}

function closedUntil(
  { settings: { hours } }: RoutingConfig,
  at: Date,
  steps: RoutingStep[],
): { opensAt: string | null } | undefined {
  if (hours === null) return undefined;
  const open = isOpen(hours, at);
  const opensAt = open ? null : (nextOpening(hours, at)?.toISOString() ?? null);
  steps.push({ step: 'hours', open, opensAt });
  return open ? undefined : { opensAt };
}

function byPage(
  config: RoutingConfig,
  operators: readonly RoutedOperator[],
  { page }: RoutingRequest,
  steps: RoutingStep[],
): readonly RoutedOperator[] {
  if (!usesRules(config)) return operators;
  const index = ruleFor(config.rules, page);
  const rule = config.rules[index];
  const left = rule ? operators.filter(({ id }) => rule.operators.includes(id)) : operators;
  steps.push({
    step: 'page',
    rule: rule ? { nr: index + 1, address: rule.address } : null,
    operators: left.length,
  });
  return left;
}

/** Place of the first rule that matches the page, -1 for none. A rule whose operators have all gone matches nothing. */
export function ruleFor(rules: readonly UrlRule[], page: string | null): number {
  const parts = page === null ? null : parsePage(page);
  if (!parts) return -1;
  const addresses = addressesOf(rules);
  return rules.findIndex(
    ({ operators }, index) => operators.length > 0 && matchesAddress(addresses[index]!, parts),
  );
}

/** Parsed once for all visitors. */
const parsed = new WeakMap<readonly UrlRule[], Address[]>();
function addressesOf(rules: readonly UrlRule[]): Address[] {
  const addresses = parsed.get(rules) ?? rules.map(({ address }) => parseAddress(address));
  parsed.set(rules, addresses);
  return addresses;
}

function byDepartment(
  config: RoutingConfig,
  operators: readonly RoutedOperator[],
  request: RoutingRequest,
  steps: RoutingStep[],
): readonly RoutedOperator[] {
  const department = chosenDepartment(config, request);
  if (!department) return operators;
  const left = operators.filter(({ id }) =>
    destinationsOf(config, id).some(({ departmentId }) => departmentId === department.id),
  );
  const { id, name } = department;
  steps.push({ step: 'department', department: { id, name }, operators: left.length });
  return left;
}

/** A department that is not there any more, or not in force, is none. */
function chosenDepartment(config: RoutingConfig, { departmentId }: RoutingRequest) {
  if (!usesDepartments(config)) return undefined;
  return config.departments.find(({ id }) => id === departmentId);
}

function byLanguage(
  config: RoutingConfig,
  operators: readonly RoutedOperator[],
  request: RoutingRequest,
  steps: RoutingStep[],
): { candidates: readonly RoutedOperator[]; outcome?: RoutingOutcome } {
  if (!operators.some(({ id }) => destinationsOf(config, id).length > 0)) return { candidates: operators };
  const { accountLanguage, settings } = config;
  const department = chosenDepartment(config, request);
  const serving = (language: string) =>
    operators.filter(({ id }) => {
      const all = destinationsOf(config, id);
      const here = department ? all.filter(({ departmentId }) => departmentId === department.id) : all;
      return all.length === 0 || here.some((one) => servesLanguage(one.language, language));
    });
  const language = request.language ?? accountLanguage;
  const candidates = serving(language);
  steps.push({ step: 'language', language, operators: candidates.length });
  if (candidates.some(isPresent) || !operators.some(isPresent)) return { candidates };
  const fallback = settings.languageFallback;
  const left = {
    hide: candidates,
    form: candidates,
    queue: operators,
    'default-language': serving(accountLanguage),
  };
  const taken = left[fallback];
  steps.push({ step: 'fallback', fallback, language: accountLanguage, operators: taken.length });
  const outcomes = { hide: 'hide', form: 'offline', queue: 'queue', 'default-language': undefined } as const;
  const outcome = outcomes[fallback];
  return { candidates: taken, ...(outcome && { outcome }) };
}

const destinationsOf = ({ destinations }: RoutingConfig, operatorId: string) =>
  destinations[operatorId] ?? [];

const isPresent = ({ status }: RoutedOperator): boolean => status === 'online';

/** Whether it may have one conversation more. */
export const hasRoom = (
  { settings }: Pick<RoutingConfig, 'settings'>,
  { load, capacity }: RoutedOperator,
): boolean => load < (capacity ?? settings.capacity ?? Infinity);

/** Whom to ring now: never nobody. */
function choose(
  { settings: { distribution } }: RoutingConfig,
  free: RoutedOperator[],
  except: ReadonlySet<string>,
): RoutedOperator[] {
  const others = free.filter(({ id }) => !except.has(id));
  const some = others.length > 0 ? others : free;
  if (distribution === 'ring-all') return some.toSorted(byName);
  const order = distribution === 'least-busy' ? byLoad : byOffer;
  return some.toSorted(order).slice(0, 1);
}

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const byName = (a: RoutedOperator, b: RoutedOperator) => byText(a.name, b.name) || byText(a.id, b.id);
/** Who was rung longest ago; who never was comes first. */
const byOffer = (a: RoutedOperator, b: RoutedOperator) =>
  (a.offeredAt ?? 0) - (b.offeredAt ?? 0) || byText(a.id, b.id);
const byLoad = (a: RoutedOperator, b: RoutedOperator) => a.load - b.load || byOffer(a, b);

const namesOf = (operators: RoutedOperator[]): string[] => operators.slice(0, NAMES).map(({ name }) => name);
