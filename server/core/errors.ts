import { refusals, type Problem, type RefusalCode } from '#protocol/errors.ts';

type Details = {
  fields?: Record<string, string> | undefined;
  /** Seconds until a repeat makes sense. */
  after?: number | undefined;
};

/**
 * The one error that reaches a client on purpose: a stable code and a sentence that says what to do. Everything else
 * that is thrown is our fault, is logged, and reaches the client as `internal` without its text.
 */
export class Refusal extends Error {
  readonly code: RefusalCode;
  readonly fields: Record<string, string> | undefined;
  readonly after: number | undefined;

  constructor(code: RefusalCode, message: string, details: Details = {}) {
    super(message);
    this.code = code;
    this.fields = details.fields;
    this.after = details.after;
  }
}

export const notFound = (what: string): Refusal => new Refusal('not_found', `There is no such ${what}.`);

const UNAVAILABLE = 'Foyer cannot reach its database right now. Nothing is lost; it is tried again.';

/** SQLSTATE classes and socket errors that pass by themselves: connection, resources, operator intervention. */
const PASSING = /^(08|53|57|58)|^(ECONNREFUSED|ECONNRESET|ENOENT|EPIPE|ETIMEDOUT)$/;

/** Turns whatever was thrown into a refusal; `ours` says that it is a defect or an outage to be logged. */
export function refusalFrom(thrown: unknown): { refusal: Refusal; ours: boolean } {
  if (thrown instanceof Refusal) return { refusal: thrown, ours: false };
  const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : '';
  const message = thrown instanceof Error ? thrown.message : '';
  if (PASSING.test(code) || /^Connection terminated|timeout exceeded when trying to connect/.test(message)) {
    return { refusal: new Refusal('unavailable', UNAVAILABLE, { after: 1 }), ours: true };
  }
  const text = 'Something went wrong on our side. It has been recorded; please try again.';
  return { refusal: new Refusal('internal', text, { after: 1 }), ours: true };
}

/** problem+json of a refusal (RFC 9457). */
export function problemOf(refusal: Refusal): Problem {
  const { status } = refusals[refusal.code];
  return {
    type: `https://foyer.invalid/problems/${refusal.code}`,
    title: refusal.code.replaceAll('_', ' '),
    status,
    code: refusal.code,
    detail: refusal.message,
    ...(refusal.fields && { fields: refusal.fields }),
    ...(refusal.after !== undefined && { after: refusal.after }),
  };
}
