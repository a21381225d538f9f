import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Hours, RoutingSettings } from '#protocol/routing.ts';
import { defaultSettings } from './default-settings.ts';
import { route, type RoutedOperator, type RoutingConfig, type RoutingRequest } from './route.ts';

// The same as route.ts, said by predicates about one operator.

const AT = new Date('2026-11-23T09:00:00Z');
const settings: RoutingSettings = { ...defaultSettings, languages: ['en', 'de'] };
const closedHours: Hours = {
  timeZone: 'UTC',
  week: [[{ from: '10:00', to: '12:00' }], [], [], [], [], [], []],
  exceptions: [],
};
const ids = ['a', 'b', 'c', 'd', 'e'];
const languages = ['en', 'de', 'de-AT', 'pt-BR', 'pt'];
const places = ['sales', 'help', 'vip'];
const pages = [
  'https://shop.example/a',
  'https://shop.example/',
  'https://blog.shop.example/',
  'https://other.example/',
];
/** Which of the pages above an address matches, most specific first: not by the engine's own matcher. */
const addresses: Record<string, string[]> = {
  'shop.example/a': [pages[0]!],
  'shop.example': [pages[0]!, pages[1]!],
  '*.shop.example': [pages[2]!],
};
const related: Record<string, string[]> = {
  en: ['en'],
  de: ['de', 'de-AT'],
  'de-AT': ['de', 'de-AT'],
  pt: ['pt', 'pt-BR'],
  'pt-BR': ['pt', 'pt-BR'],
};

const crowd: fc.Arbitrary<RoutedOperator[]> = fc.subarray(ids, { minLength: 1 }).chain((some) =>
  fc.tuple(
    ...some.map((id) =>
      fc.record({
        id: fc.constant(id),
        name: fc.constant(id.toUpperCase()),
        status: fc.constantFrom('online', 'online', 'away', 'offline'),
        load: fc.nat(3),
        capacity: fc.constantFrom(null, null, 1, 2),
        offeredAt: fc.constantFrom(null, 1, 2, 3),
      }),
    ),
  ),
);
const configuration: fc.Arbitrary<RoutingConfig> = fc
  .record({
    departments: fc.subarray(places),
    rules: fc.subarray(Object.keys(addresses)),
    ruled: fc.array(fc.subarray(ids), { minLength: 3, maxLength: 3 }),
    served: fc.array(fc.array(fc.tuple(fc.constantFrom(...languages), fc.nat(2)), { maxLength: 2 }), {
      minLength: 5,
      maxLength: 5,
    }),
    change: fc.record({
      urlRouting: fc.boolean(),
      combine: fc.boolean(),
      languageFallback: fc.constantFrom('hide', 'form', 'default-language', 'queue'),
      distribution: fc.constantFrom('ring-all', 'round-robin', 'least-busy'),
      capacity: fc.constantFrom(null, 1, 3),
      hours: fc.constantFrom(null, null, null, closedHours),
    }),
    accountLanguage: fc.constantFrom('en', 'de'),
  })
  .map(({ departments, rules, ruled, served, change, accountLanguage }) => ({
    accountLanguage,
    offlineRecipients: [],
    undoable: false,
    settings: { ...settings, ...change },
    departments: departments.map((id) => ({ id, name: id, operators: [] })),
    rules: rules.map((address, index) => ({ id: address, address, operators: ruled[index] ?? [] })),
    destinations: Object.fromEntries(
      served.map((all, index) => [
        ids[index]!,
        all.map(([language, place]) => ({ language, departmentId: departments[place] ?? null })),
      ]),
    ),
  }));
const asked: fc.Arbitrary<RoutingRequest> = fc.record({
  page: fc.constantFrom(null, ...pages),
  language: fc.constantFrom(null, ...languages, 'ja'),
  departmentId: fc.constantFrom(null, ...places),
  at: fc.constant(AT),
  except: fc.subarray(ids).map((some) => new Set(some)),
});

/** Everything about one operator as a predicate; sets and outcomes are only counted from them. */
function oracle(
  config: RoutingConfig,
  all: RoutedOperator[],
  { page, language, departmentId, except }: RoutingRequest,
) {
  const { urlRouting, combine, languageFallback, distribution, capacity, hours } = config.settings;
  const hasDepartments = config.departments.length > 0;
  const hasRules = config.rules.length > 0;
  const urls = urlRouting && hasRules;
  const departments = hasDepartments && (!urlRouting || combine);
  const rule = urls
    ? config.rules.find(
        ({ address, operators }) =>
          operators.length > 0 && page !== null && addresses[address]?.includes(page),
      )
    : undefined;
  const department =
    departments && config.departments.some(({ id }) => id === departmentId) ? departmentId : null;
  const of = ({ id }: RoutedOperator) => config.destinations[id] ?? [];
  const speaks = (wanted: string) => (one: RoutedOperator) =>
    (of(one).length === 0 && department === null) ||
    of(one).some(
      (d) =>
        (related[d.language] ?? []).includes(wanted) &&
        (department === null || d.departmentId === department),
    );
  const allowed = (one: RoutedOperator) =>
    (!rule || rule.operators.includes(one.id)) &&
    (department === null || of(one).some((d) => d.departmentId === department));
  const there = (one: RoutedOperator) => one.status === 'online';
  const free = (one: RoutedOperator) => one.load < (one.capacity ?? capacity ?? Number.POSITIVE_INFINITY);
  const wanted = language ?? config.accountLanguage;
  const stuck =
    all.some((one) => allowed(one) && there(one)) &&
    !all.some((one) => allowed(one) && there(one) && speaks(wanted)(one));
  const eligible = (one: RoutedOperator): boolean => {
    if (!allowed(one)) return false;
    if (!stuck || languageFallback === 'hide' || languageFallback === 'form') return speaks(wanted)(one);
    return languageFallback === 'queue' || speaks(config.accountLanguage)(one);
  };
  const ready = all.filter((one) => eligible(one) && there(one) && free(one));
  const outcome = (): string => {
    if (hours) return 'offline';
    if (stuck && languageFallback !== 'default-language')
      return { hide: 'hide', form: 'offline', queue: 'queue' }[languageFallback];
    if (!all.some((one) => eligible(one) && there(one))) return 'offline';
    return ready.length > 0 ? 'ring' : 'queue';
  };
  const rung = (one: RoutedOperator): boolean => {
    const fresh = ready.some(({ id }) => !except.has(id));
    const may = (other: RoutedOperator) => ready.includes(other) && (!fresh || !except.has(other.id));
    if (outcome() !== 'ring' || !may(one)) return false;
    const before = (other: RoutedOperator): boolean => {
      const [mine, its] = [one.offeredAt ?? -1, other.offeredAt ?? -1];
      if (distribution === 'least-busy' && other.load !== one.load) return other.load < one.load;
      return its !== mine ? its < mine : other.id < one.id;
    };
    return (
      distribution === 'ring-all' || !ready.some((other) => other !== one && may(other) && before(other))
    );
  };
  return { outcome: outcome(), eligible: all.filter(eligible), rung: all.filter(rung) };
}

const idsOf = (operators: RoutedOperator[]) => operators.map(({ id }) => id);

test('OP-13: the engine decides as the predicates say, and keeps its promises', () => {
  const seen = new Map<string, number>();
  const check = fc.property(configuration, crowd, asked, (config, operators, wanted) => {
    const frozen = JSON.stringify([config, operators]);
    const decision = route(config, operators, wanted);
    const expected = oracle(config, operators, wanted);
    assert.equal(decision.outcome, expected.outcome);
    assert.deepEqual(decision.ring.toSorted(), idsOf(expected.rung));
    const audience = decision.audience ?? idsOf(operators);
    if (expected.eligible.length > 0) assert.deepEqual(audience, idsOf(expected.eligible));
    assert.ok(audience.length > 0);
    assert.equal(decision.audience === null, audience.length === operators.length);
    for (const id of decision.ring) {
      const { status, load, capacity } = operators.find((one) => one.id === id)!;
      assert.ok(audience.includes(id) && status === 'online');
      assert.ok(load < (capacity ?? config.settings.capacity ?? 1000));
    }
    assert.equal(decision.ring.length > 0, decision.outcome === 'ring');
    if (decision.outcome === 'queue')
      assert.ok(operators.some(({ id, status }) => audience.includes(id) && status === 'online'));
    assert.equal(JSON.stringify([config, operators]), frozen, 'the input stays as it was');
    seen.set(decision.outcome, (seen.get(decision.outcome) ?? 0) + 1);
  });
  const numRuns = Number(process.env['FOYER_RUNS'] ?? 5000);
  fc.assert(check, { numRuns, seed: Number(process.env['FOYER_SEED'] ?? 1) });
  assert.deepEqual(
    [...seen.keys()].toSorted(),
    ['hide', 'offline', 'queue', 'ring'],
    'all outcomes were tried',
  );
});
