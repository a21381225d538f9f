import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Destination, Routing, RoutingSettings } from '#protocol/routing.ts';
import { defaultSettings } from './default-settings.ts';
import { route, type RoutedOperator, type RoutingConfig, type RoutingRequest } from './route.ts';
import { servesWidget } from './serves-widget.ts';

const AT = new Date('2026-11-23T09:00:00Z');
const settings: RoutingSettings = { ...defaultSettings, languages: ['en', 'de'] };
const closedHours: Routing['settings']['hours'] = {
  timeZone: 'UTC',
  week: [[{ from: '10:00', to: '12:00' }], [], [], [], [], [], []],
  exceptions: [],
};
const plain: RoutingConfig = {
  settings,
  departments: [],
  destinations: {},
  rules: [],
  offlineRecipients: [],
  undoable: false,
  accountLanguage: 'en',
};
const set = (change: Partial<RoutingSettings>): RoutingSettings => ({ ...settings, ...change });
const operator = (id: string, change: Partial<RoutedOperator> = {}): RoutedOperator => ({
  id,
  name: id,
  status: 'online',
  load: 0,
  capacity: null,
  offeredAt: null,
  ...change,
});
const request = (change: Partial<RoutingRequest> = {}): RoutingRequest => ({
  page: null,
  language: null,
  departmentId: null,
  at: AT,
  except: new Set(),
  ...change,
});
const serves = (language: string, departmentId: string | null = null): Destination => ({
  language,
  departmentId,
});
const people = [operator('anna'), operator('bela'), operator('clara', { status: 'away' })];
const sales = { id: 'sales', name: 'Sales', operators: [] };
const help = { id: 'help', name: 'Help', operators: [] };

describe('who gets a visitor (OP-13)', () => {
  test('without any rule everybody who is there', () => {
    const decision = route(plain, people, request());
    assert.deepEqual(decision, {
      outcome: 'ring',
      audience: null,
      ring: ['anna', 'bela'],
      opensAt: null,
      steps: [
        { step: 'present', operators: 2 },
        { step: 'free', operators: 2, names: ['anna', 'bela'] },
        { step: 'chosen', by: 'ring-all', names: ['anna', 'bela'] },
      ],
    });
  });

  test('OP-09: the operators of the first rule that matches the page, and its number is said', () => {
    const rules = [
      { id: '1', address: 'shop.example/a', operators: ['gone'] },
      { id: '2', address: 'shop.example', operators: ['bela', 'clara'] },
    ];
    const config = { ...plain, settings: set({ urlRouting: true }), rules };
    const on = (page: string | null) => route(config, people, request({ page }));
    const matched = on('https://shop.example/b');
    assert.deepEqual([matched.ring, matched.audience], [['bela'], ['bela', 'clara']]);
    assert.deepEqual(matched.steps[0], {
      step: 'page',
      rule: { nr: 2, address: 'shop.example' },
      operators: 2,
    });
    for (const page of ['https://other.example/', null]) {
      assert.equal(on(page).audience, null);
      assert.deepEqual(on(page).steps[0], { step: 'page', rule: null, operators: 3 });
    }
    // "/a" is matched by rule 1, none of whose operators is left: it is no rule any more.
    const abandoned = route(
      { ...config, rules: [{ ...rules[0]!, operators: [] }, rules[1]!] },
      people,
      request({ page: 'https://shop.example/a' }),
    );
    assert.deepEqual(abandoned.audience, ['bela', 'clara']);
    assert.equal(
      route({ ...config, settings }, people, request({ page: 'https://shop.example/b' })).audience,
      null,
    );
  });

  test('OP-07, OP-10: the operators of the department, unless URL routing alone is in force', () => {
    const rules = [{ id: '1', address: 'shop.example', operators: ['anna', 'clara'] }];
    const departments = [sales, help];
    const destinations = { anna: [serves('en', 'sales')], bela: [serves('en', 'sales')] };
    const config = { ...plain, departments, destinations, rules };
    const chosen = request({ departmentId: 'sales', page: 'https://shop.example/' });
    const audience = (change: Partial<RoutingSettings>, departmentId = 'sales') =>
      route({ ...config, settings: set(change) }, people, { ...chosen, departmentId }).audience;
    assert.deepEqual(audience({}), ['anna', 'bela']);
    assert.deepEqual(audience({ urlRouting: true }), ['anna', 'clara']);
    assert.deepEqual(audience({ urlRouting: true, combine: true }), ['anna']);
    assert.deepEqual(audience({}, 'removed'), null, 'a department that is not there any more is none');
    const nobody = route(config, people, { ...chosen, departmentId: 'help' });
    assert.deepEqual([nobody.outcome, nobody.audience], ['offline', null], 'somebody may always answer');
  });

  test('VI-06: while somebody is there but nobody of the language, the account has four choices', () => {
    const destinations = { anna: [serves('de')], bela: [serves('en')] };
    const two = [
      operator('anna', { status: 'offline' }),
      operator('bela'),
      operator('clara', { status: 'away' }),
    ];
    const decide = (languageFallback: RoutingSettings['languageFallback'], operators = two) =>
      route(
        {
          ...plain,
          settings: set({ languageFallback }),
          destinations: { ...destinations, clara: [serves('de')] },
        },
        operators,
        request({ language: 'de-AT' }),
      );
    const brief = (decision: ReturnType<typeof route>) => [
      decision.outcome,
      decision.audience,
      decision.ring,
    ];
    assert.deepEqual(brief(decide('hide')), ['hide', ['anna', 'clara'], []]);
    assert.deepEqual(brief(decide('form')), ['offline', ['anna', 'clara'], []]);
    assert.deepEqual(brief(decide('queue')), ['queue', null, []]);
    assert.deepEqual(brief(decide('default-language')), ['ring', ['bela'], ['bela']]);
    assert.deepEqual(
      decide('default-language').steps.map(({ step }) => step),
      ['language', 'fallback', 'present', 'free', 'chosen'],
    );
    const all = two.map((one) => ({ ...one, status: 'offline' as const }));
    assert.deepEqual(
      brief(decide('hide', all)),
      ['offline', ['anna', 'clara'], []],
      'nobody is there at all',
    );
    const everybody = route(plain, people, request({ language: 'ja' }));
    assert.deepEqual(
      brief(everybody),
      ['ring', null, ['anna', 'bela']],
      'without destinations one serves all',
    );
  });

  test('OP-14: while the business is closed nobody is rung, and the answer says when it opens', () => {
    const config = { ...plain, settings: set({ hours: closedHours }) };
    const decision = route(config, people, request());
    assert.deepEqual([decision.outcome, decision.opensAt], ['offline', '2026-11-23T10:00:00.000Z']);
    const later = route(config, people, request({ at: new Date('2026-11-23T10:00:00Z') }));
    assert.deepEqual([later.outcome, later.opensAt], ['ring', null]);
    assert.deepEqual(later.steps[0], { step: 'hours', open: true, opensAt: null });
  });

  test('OP-14: whom it rings, with capacity, and when somebody did not answer', () => {
    const four = [
      operator('anna', { load: 2, offeredAt: 20 }),
      operator('bela', { load: 1, offeredAt: 30 }),
      operator('clara', { load: 1, offeredAt: 10 }),
      operator('dora', { load: 3 }),
    ];
    const ring = (change: Partial<RoutingSettings>, except: string[] = []) =>
      route({ ...plain, settings: set(change) }, four, request({ except: new Set(except) })).ring;
    assert.deepEqual(ring({ distribution: 'round-robin' }), ['dora']);
    assert.deepEqual(ring({ distribution: 'round-robin', capacity: 3 }), ['clara']);
    assert.deepEqual(ring({ distribution: 'least-busy' }), ['clara']);
    assert.deepEqual(ring({ distribution: 'least-busy' }, ['clara']), ['bela']);
    assert.deepEqual(ring({ distribution: 'ring-all', capacity: 2 }, ['bela']), ['clara']);
    assert.deepEqual(ring({ distribution: 'ring-all', capacity: 2 }, ['bela', 'clara']), ['bela', 'clara']);
    const busy = route({ ...plain, settings: set({ capacity: 1 }) }, four, request());
    assert.deepEqual([busy.outcome, busy.ring], ['queue', []]);
    const own = four.map((one) => ({ ...one, capacity: one.id === 'dora' ? 4 : null }));
    assert.deepEqual(route({ ...plain, settings: set({ capacity: 1 }) }, own, request()).ring, ['dora']);
  });

  test('OP-07: the widget shows who is there for it, and which departments have nobody free', () => {
    const destinations = { anna: [serves('en', 'sales')], bela: [serves('en', 'help')] };
    const config = { ...plain, departments: [sales, help], destinations };
    const shows = (operators: RoutedOperator[], language = 'en', change: Partial<RoutingConfig> = {}) =>
      servesWidget({ ...config, ...change }, operators, { page: 'https://shop.example/', language, at: AT });
    const two = [operator('anna'), operator('bela', { status: 'offline' })];
    assert.deepEqual(shows(two), {
      state: 'online',
      form: false,
      departments: [
        { id: 'sales', name: 'Sales', free: true },
        { id: 'help', name: 'Help', free: false },
      ],
      opensAt: null,
    });
    assert.equal(shows(two, 'ja').state, 'hidden');
    assert.equal(shows([operator('anna', { status: 'away' })]).state, 'offline');
    assert.deepEqual(shows([operator('anna', { load: 1 })], 'en', { settings: set({ capacity: 1 }) }), {
      state: 'online',
      form: false,
      departments: [
        { id: 'sales', name: 'Sales', free: false },
        { id: 'help', name: 'Help', free: false },
      ],
      opensAt: null,
    });
    const urls = {
      settings: set({ urlRouting: true }),
      rules: [{ id: '1', address: 'shop.example', operators: ['bela'] }],
    };
    assert.deepEqual(shows(two, 'en', urls), {
      state: 'offline',
      form: false,
      departments: [],
      opensAt: null,
    });
  });
});
