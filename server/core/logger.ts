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

/** JSON lines on stdout. Values under secret names are removed whatever the depth that we log at. */
export function createLogger(level: string, destination?: { write: (line: string) => void }): Logger {
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    serializers: { err: withoutData },
    redact: { paths: secretKeys.flatMap((key) => [key, `*.${key}`, `*.*.${key}`]), censor: '[removed]' },
  };
  return destination ? pino(options, destination) : pino(options);
}

/** PostgreSQL repeats the row in `detail` and `where`; what people wrote does not belong into a log. */
function withoutData(error: Error): Record<string, unknown> {
  const { type, message, stack, code, constraint, table, column } = stdSerializers.err(error) as Record<
    string,
    unknown
  >;
  return { type, message, stack, code, constraint, table, column };
}
