import type { ChatboxSettings, WidgetCheck } from '#protocol/chatboxes.ts';
import type { RoutingDecision } from '#protocol/routing.ts';
import { gapOf, type Decided, type Gap, type Gaps } from '../routing/find-gaps.ts';
import type { RoutedOperator, RoutingConfig } from '../routing/route.ts';
import { standingOf } from '../routing/serves-widget.ts';
import { shownBy } from './shown-by.ts';

type Point = WidgetCheck['points'][number];
type Settings = Pick<ChatboxSettings, 'whenOffline'>;

/** So many are named, the rest is counted. */
const NAMED = 3;

const list = (names: readonly string[]): string => {
  const more = names.length - NAMED;
  const named = more > 1 ? [...names.slice(0, NAMED), `${more} more`] : names;
  return new Intl.ListFormat('en').format(named);
};

const languageName = (tag: string): string => {
  try {
    return new Intl.DisplayNames('en', { type: 'language' }).of(tag) ?? tag;
  } catch {
    return tag;
  }
};

const point = (code: Point['code'], wrong: string | undefined, right: string, fix: string): Point => ({
  code,
  ok: wrong === undefined,
  says: wrong ?? right,
  fix: wrong === undefined ? null : fix,
});

/** The points of business hours, rules of pages, departments, languages and limits: each where it is set. */
export function checkRouting(
  config: RoutingConfig,
  operators: readonly RoutedOperator[],
  gaps: Gaps,
  settings: Settings,
): { hours: Point[]; who: Point[] } {
  const hours = config.settings.hours && [checkHours(config.settings.hours.timeZone, gaps, settings)];
  // While nobody is there at all, nothing can be said of whom a page or a language has.
  const who = operators.some(({ status }) => status === 'online')
    ? [
        ...checkPages(gaps, settings),
        ...checkDepartments(gaps),
        ...checkLanguages(config, gaps, settings),
        ...checkCapacity(config, operators, gaps),
      ]
    : [];
  return { hours: hours ?? [], who };
}

function checkHours(timeZone: string, { closed, now }: Gaps, settings: Settings): Point {
  const until = closed && closed.until !== null ? ` until ${wallTime(closed.until, timeZone)}` : '';
  const effect = now[0] ? `: ${effectOf(now[0].decision, settings)}` : '';
  return point(
    'hours',
    closed && `Your business hours say closed${until}${effect}.`,
    'Your business hours say open.',
    '/settings/business-hours',
  );
}

function checkPages({ open }: Gaps, settings: Settings): Point[] {
  const ruled = open.filter(({ place }) => place.address !== null);
  if (ruled.length === 0) return [];
  const gaps = withGap(ruled, 'nobody');
  const wrong =
    gaps[0] &&
    `Nobody who is online answers on ${list(addressesOf(gaps))}: ${effectOf(gaps[0].decision, settings)}.`;
  return [point('pages', wrong, 'Somebody is online for every rule of your pages.', '/settings/url-routing')];
}

function checkDepartments({ departments }: Gaps): Point[] {
  if (departments === undefined) return [];
  const wrong =
    departments.length > 0
      ? `Nobody of ${list(departments)} is online: chat is shown, but visitors who choose it wait.`
      : undefined;
  return [point('departments', wrong, 'Somebody of every department is online.', '/settings/departments')];
}

function checkLanguages(config: RoutingConfig, { open, stranger }: Gaps, settings: Settings): Point[] {
  if (stranger === undefined) return [];
  const gaps = withGap(open, 'language');
  const wrong =
    gaps[0] && `Nobody who is online serves ${whereOf(gaps, open)}: ${effectOf(gaps[0].decision, settings)}.`;
  const replaced = open.filter(({ decision }) => isReplaced(decision) && gapOf(decision) === undefined);
  const own = languageName(config.accountLanguage);
  const right =
    replaced.length > 0
      ? `Nobody who is online serves ${whereOf(replaced, open)}: visitors are answered in ${own}.`
      : 'Somebody online serves each of your languages.';
  const others = isReplaced(stranger)
    ? `In any other language: ${gapOf(stranger) === undefined ? `visitors are answered in ${own}` : effectOf(stranger, settings)}.`
    : '';
  const says = (sentence: string) => [sentence, others].filter((part) => part !== '').join(' ');
  return [point('languages', wrong && says(wrong), says(right), '/settings/destinations')];
}

function checkCapacity(
  { settings }: RoutingConfig,
  operators: readonly RoutedOperator[],
  { open }: Gaps,
): Point[] {
  const online = operators.filter(({ status }) => status === 'online');
  if (settings.capacity === null && online.every(({ capacity }) => capacity === null)) return [];
  const gaps = withGap(open, 'busy');
  const whom = gaps.length === open.length ? '' : ` and answers ${busyWhere(gaps, open)}`;
  const wrong =
    gaps.length > 0
      ? `Everybody who is online${whom} has as many chats as the limit allows: chat is shown, and visitors wait in the queue.`
      : undefined;
  const fix = settings.capacity === null ? '/settings/operators' : '/settings/queue#queue-ring';
  return [point('capacity', wrong, 'Somebody online can take another chat.', fix)];
}

/** What visitors have of a decision that is not to ring somebody. */
function effectOf(decision: RoutingDecision, settings: Settings): string {
  if (decision.outcome === 'queue') return 'chat is shown, and visitors wait in the queue';
  const { state, form } = shownBy(settings, standingOf(decision));
  if (state === 'hidden') return 'chat is hidden';
  return form ? 'visitors are offered the offline form' : 'chat is shown as offline';
}

/** Whether the account's fallback decided (VI-06). */
const isReplaced = ({ steps }: RoutingDecision): boolean => steps.some(({ step }) => step === 'fallback');

const withGap = (all: readonly Decided[], gap: Gap): Decided[] =>
  all.filter(({ decision }) => gapOf(decision) === gap);

const addressesOf = (some: readonly Decided[]): string[] => [
  ...new Set(some.map(({ place }) => place.address ?? 'your other pages')),
];

/** Languages that are so on every page; if there are none, those of some pages, and which. */
function whereOf(some: readonly Decided[], all: readonly Decided[]): string {
  const spoken = [...new Set(some.map(({ place }) => place.language))];
  const of = (places: readonly Decided[], language: string) =>
    places.filter(({ place }) => place.language === language).length;
  const everywhere = spoken.filter((language) => of(some, language) === of(all, language));
  if (everywhere.length > 0) return list(everywhere.map(languageName));
  return `${list(spoken.map(languageName))} on ${list(addressesOf(some))}`;
}

/** Pages on which it is so whatever the language; if there are none, languages. */
function busyWhere(some: readonly Decided[], all: readonly Decided[]): string {
  const elsewhere = new Set(addressesOf(all.filter((one) => !some.includes(one))));
  const pages = addressesOf(some).filter((address) => !elsewhere.has(address));
  return pages.length > 0 ? `on ${list(pages)}` : whereOf(some, all);
}

const wallTime = (instant: string, timeZone: string): string =>
  new Intl.DateTimeFormat('en-GB', {
    timeZone,
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    hour: '2-digit',
    minute: '2-digit',
    timeZoneName: 'short',
  }).format(new Date(instant));
