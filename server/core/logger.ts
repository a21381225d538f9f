import { pino, stdSerializers, type Logger } from 'pino';

export type { Logger };

const secretKeys = [
  'password',
  'token',
  'access',
  'refresh',
  'cookie',
  'authorization',
  'secret',
  'identity',
  'next',
  'current',
];

const REMOVED = '[removed]';

/** Secrets that can be told by their shape, wherever they stand. Each run of text is looked at once (threats.md A11). */
const shapes: [RegExp, string][] = [
  [/(?<![\w-])eyJ[\w-]{5,}\.[\w-]+\.[\w-]*/g, REMOVED], // signed tokens
  [/(foyer[_-][\w-]{1,60}=)[^;,\s"\\]+/g, `$1${REMOVED}`], // cookies
  [/\b(Bearer|Basic) +[^\s",;\\]+/gi, `$1 ${REMOVED}`],
  [/(:\/\/[^\s:@/"]{0,100}:)[^\s@"/]{1,200}@/g, `$1${REMOVED}@`], // the password in a database's address
  [/\$argon2id\$[^\s"\\]+/g, REMOVED],
  [/(\/(?:setup|reset-password|verify-email)#)[\w.-]+/g, `$1${REMOVED}`],
];

type Options = {
  /** Where lines go; stdout when it is not given. */
  write?: (line: string) => void;
  /** Secrets of this installation, removed wherever they stand. */
  secrets?: readonly string[];
};

/**
 * JSON lines. Secrets are removed by name, whatever the depth that we log at, and by value: those given here, and what
 * has the shape of one, also inside messages and stacks.
 */
export function createLogger(level: string, { write, secrets = [] }: Options = {}): Logger {
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    serializers: { err: withoutData },
    redact: { paths: secretKeys.flatMap((key) => [key, `*.${key}`, `*.*.${key}`]), censor: REMOVED },
    hooks: { streamWrite: (line: string) => printable(conceal(line, secrets)) },
  };
  return write ? pino(options, { write }) : pino(options);
}

/**
 * A logger for the failure of one request: the secrets that came with it are removed by value, because an error's
 * message may repeat what it could not digest.
 */
export function concealing(log: Logger, input: unknown): Logger {
  // The longest first: one may be a part of another.
  const secrets = secretsIn(input).toSorted((a, b) => b.length - a.length);
  const hide = (error: Error) =>
    Object.fromEntries(
      Object.entries(withoutData(error)).map(([key, value]) => [
        key,
        typeof value === 'string'
          ? secrets.reduce((text, one) => text.replaceAll(one, REMOVED), value)
          : value,
      ]),
    );
  return log.child({}, { serializers: { err: hide } });
}

/** Values under secret names, at any depth. What is shorter than four letters is no secret, and would blacken the line. */
function secretsIn(input: unknown): string[] {
  if (typeof input !== 'object' || input === null) return [];
  return Object.entries(input).flatMap(([key, value]) => {
    if (typeof value !== 'string') return secretsIn(value);
    if (!secretKeys.includes(key) || value.length < 4) return [];
    // Also what stands in a cookie or behind a scheme.
    return [value, ...value.split(/[\s;=]+/).filter((part) => part.length >= 16)];
  });
}

function conceal(line: string, secrets: readonly string[]): string {
  let text = line;
  // As they stand in JSON.
  for (const secret of secrets) text = text.replaceAll(JSON.stringify(secret).slice(1, -1), REMOVED);
  for (const [shape, by] of shapes) text = text.replace(shape, by);
  return text;
}

/** JSON leaves C1 controls and line separators as they are; a terminal obeys them. */
const printable = (line: string): string =>
  line.replace(
    /[\u007f-\u009f\u2028\u2029]/g,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

/** PostgreSQL repeats the row in `detail` and `where`; what people wrote does not belong into a log. */
function withoutData(error: Error): Record<string, unknown> {
  const { type, message, stack, code, constraint, table, column } = stdSerializers.err(error) as Record<
    string,
    unknown
  >;
  return { type, message, stack, code, constraint, table, column };
}
