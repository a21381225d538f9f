import * as z from 'zod/mini';
import { id, instant, language, line, pageUrl } from './ids.ts';

/** Time of day, `00:00` to `24:00`. */
const timeOfDay = z.string().check(z.regex(/^(?:[01]\d|2[0-3]):[0-5]\d$|^24:00$/));

/** IANA name, such as `Europe/Zagreb`. */
export const timeZone = z.string().check(z.maxLength(64), z.regex(/^[A-Za-z0-9_+\-/]+$/));

/** Open from `from` until `to`, local time; a `to` that is not after `from` is on the next day. */
const interval = z.strictObject({ from: timeOfDay, to: timeOfDay });

/** Business hours (OP-14). A day may have several intervals; they may reach over midnight. */
export const hours = z.strictObject({
  timeZone,
  /** Monday to Sunday. */
  week: z.array(z.array(interval).check(z.maxLength(8))).check(z.length(7)),
  /** Dates on which other hours hold; no interval is a holiday. */
  exceptions: z
    .array(
      z.strictObject({
        date: z.iso.date(),
        name: z.nullable(line(80)),
        intervals: z.array(interval).check(z.maxLength(8)),
      }),
    )
    .check(z.maxLength(200)),
});
export type Hours = z.infer<typeof hours>;

/** What becomes of a visitor whose language nobody who is there serves (VI-06). */
export const languageFallback = z.enum(['hide', 'form', 'default-language', 'queue']);
export type LanguageFallback = z.infer<typeof languageFallback>;

/** Whom a waiting conversation rings (OP-14): all at once, who has waited longest for one, who has the fewest. */
export const distribution = z.enum(['ring-all', 'round-robin', 'least-busy']);
export type Distribution = z.infer<typeof distribution>;

export const routingSettings = z.strictObject({
  /** Languages that the account's operators serve; the account's own language is always one of them. */
  languages: z.array(language).check(z.minLength(1), z.maxLength(60)),
  /** "Enable URL routing" (OP-09). */
  urlRouting: z.boolean(),
  /** Departments and URL routing together (OP-10); else URL routing alone is active while it is enabled. */
  combine: z.boolean(),
  languageFallback,
  distribution,
  /** Conversations at once per operator, unless the operator has a limit of its own; null: no limit (OC-10). */
  capacity: z.nullable(z.int().check(z.minimum(1), z.maximum(1000))),
  /** Seconds that one operator is rung before the next (round robin, least busy), and that a transfer stays offered. */
  answerWithin: z.int().check(z.minimum(5), z.maximum(3600)),
  /** Seconds after which a conversation that nobody took becomes an offline message (VI-13); null never. */
  missedAfter: z.nullable(z.int().check(z.minimum(30), z.maximum(86_400))),
  /** null: always open. */
  hours: z.nullable(hours),
});
export type RoutingSettings = z.infer<typeof routingSettings>;

export const department = z.object({ id, name: z.string(), operators: z.array(id) });
export type Department = z.infer<typeof department>;

/** A language x department that an operator serves; `departmentId` is null while the account has no departments. */
export const destination = z.strictObject({ language, departmentId: z.nullable(id) });
export type Destination = z.infer<typeof destination>;

/** Requests from pages that match `address` go only to these operators (OP-09). */
export const urlRule = z.object({ id, address: z.string(), operators: z.array(id) });
export type UrlRule = z.infer<typeof urlRule>;

/**
 * Everything that decides who gets a visitor, beside presence. GET /v1/routing (operator), and in `changes` frames.
 */
export const routing = z.object({
  settings: routingSettings,
  departments: z.array(department),
  /** By operator. An operator who is not in it, or has none, serves every language, and visitors who chose no department. */
  destinations: z.record(id, z.array(destination)),
  /** In the order in which they are tried: the most specific address first. */
  rules: z.array(urlRule),
  /** Who gets offline messages by e-mail (OP-08); nobody: the account's owner. */
  offlineRecipients: z.array(id),
  /** The last switch of departments can be undone (OP-11): since then departments were added at most. */
  undoable: z.boolean(),
});
export type Routing = z.infer<typeof routing>;

// ---- the decision ------------------------------------------------------------------------------------------

const named = z.object({ id, name: z.string() });

/**
 * One step of a decision (OP-13), in the order in which they were taken. `operators` is how many were left after it.
 */
export const routingStep = z.discriminatedUnion('step', [
  z.object({ step: z.literal('hours'), open: z.boolean(), opensAt: z.nullable(instant) }),
  /** `rule` is null when no address matches: then all operators stay. */
  z.object({
    step: z.literal('page'),
    rule: z.nullable(z.object({ nr: z.int(), address: z.string() })),
    operators: z.int(),
  }),
  z.object({ step: z.literal('department'), department: named, operators: z.int() }),
  z.object({ step: z.literal('language'), language: z.string(), operators: z.int() }),
  /** Nobody who is there serves the language: what the account wants then. */
  z.object({
    step: z.literal('fallback'),
    fallback: languageFallback,
    language: z.string(),
    operators: z.int(),
  }),
  z.object({ step: z.literal('present'), operators: z.int() }),
  /** Below their limit of conversations, the first ten by name. */
  z.object({ step: z.literal('free'), operators: z.int(), names: z.array(z.string()) }),
  z.object({ step: z.literal('chosen'), by: distribution, names: z.array(z.string()) }),
]);
export type RoutingStep = z.infer<typeof routingStep>;

/**
 * `ring`: somebody is free. `queue`: those who may answer are there but busy. `offline`: none of them is there, or the
 * business is closed. `hide`: the widget is not to be shown.
 */
export const routingOutcome = z.enum(['ring', 'queue', 'offline', 'hide']);
export type RoutingOutcome = z.infer<typeof routingOutcome>;

export const routingDecision = z.object({
  outcome: routingOutcome,
  /** Who may take the conversation; null: every operator of the account. */
  audience: z.nullable(z.array(id)),
  /** Whom it rings now. */
  ring: z.array(id),
  /** When the business opens, if it is closed. */
  opensAt: z.nullable(instant),
  steps: z.array(routingStep),
});
export type RoutingDecision = z.infer<typeof routingDecision>;

// ---- HTTP --------------------------------------------------------------------------------------------------

/** What removes destinations says how many before it does (OP-11): repeat the request with that number as `removes`. */
const removes = z.optional(z.int().check(z.minimum(0)));

const operatorIds = z.array(id).check(z.maxLength(500));

/** PATCH /v1/routing (administrator): the destinations of a language go with it. */
export const changeRouting = z.extend(z.partial(routingSettings), { removes });
/** POST /v1/departments (administrator): the first one switches departments on. */
export const addDepartment = z.strictObject({ name: line(60), operators: operatorIds, removes });
/** PUT /v1/departments/:departmentId (administrator) */
export const changeDepartment = z.strictObject({ name: line(60), operators: operatorIds });
/** DELETE /v1/departments/:departmentId (administrator): the last one switches departments off. */
export const removeDepartment = z.strictObject({
  removes: z.optional(z.coerce.number().check(z.int(), z.minimum(0))),
});
export const departmentParams = z.strictObject({ departmentId: id });
/** POST /v1/routing/undo (administrator): puts back the destinations and departments that the last switch took. */
export const undoSwitch = z.strictObject({});
/** PUT /v1/operators/:operatorId/destinations (administrator) */
export const setDestinations = z.strictObject({ destinations: z.array(destination).check(z.maxLength(500)) });
export const destinationParams = z.strictObject({ operatorId: id });
/** POST /v1/url-rules, PUT /v1/url-rules/:ruleId (administrator) */
export const putRule = z.strictObject({ address: line(2048), operators: operatorIds.check(z.minLength(1)) });
export const ruleParams = z.strictObject({ ruleId: id });
/** PUT /v1/offline-recipients (administrator) */
export const setRecipients = z.strictObject({ operators: operatorIds });

/** POST /v1/routing/simulate (administrator): who would get a visitor of this page, now or at `at` (OP-13)? */
export const simulate = z.strictObject({
  page: z.nullable(pageUrl),
  language: z.nullable(language),
  departmentId: z.nullable(id),
  at: z.nullable(instant),
});
