import { readFileSync } from 'node:fs';
import * as z from 'zod/mini';
import { email } from '#protocol/ids.ts';
import { StartRefused } from './core/start-refused.ts';
import { defaultDataFolder } from './core/data-folder.ts';
import type { Broker } from './core/realtime/nats-bus.ts';

const port = z.coerce.number('must be a port number').check(z.int(), z.minimum(0), z.maximum(65_535));
const origin = z
  .url({ protocol: /^https?$/, error: 'must be an address such as https://chat.example.com' })
  .check(
    z.refine(
      (url) => URL.canParse(url) && new URL(url).origin === url.replace(/\/$/, ''),
      'must have no path',
    ),
  );

/** `nats://host`, `tls://user:password@host:4222`, `nats://token@host`; several of one cluster are divided by commas. */
function isBroker(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname, pathname, search } = new URL(url);
  return /^(?:nats|tls):$/.test(protocol) && hostname !== '' && `${pathname}${search}`.length < 2;
}

const environment = z.object({
  FOYER_DATA: z.optional(z.string()),
  FOYER_BIND: z._default(z.string(), '0.0.0.0'),
  FOYER_CONSOLE_PORT: z._default(port, 8080),
  FOYER_CHAT_PORT: z._default(port, 8081),
  FOYER_CONSOLE_URL: z.optional(origin),
  FOYER_CHAT_URL: z.optional(origin),
  FOYER_METRICS_PORT: z.optional(port),
  FOYER_METRICS_BIND: z._default(z.string(), '127.0.0.1'),
  FOYER_TRUSTED_PROXIES: z._default(z.string(), ''),
  FOYER_LOG_LEVEL: z._default(z.enum(['debug', 'info', 'warn', 'error', 'silent']), 'info'),
  FOYER_SECRET: z.optional(
    z.string().check(
      z.minLength(32, 'must have at least 32 characters'),
      z.refine(
        (text) => !isGuessable(text),
        'looks like an example; make one with `openssl rand -base64 32`',
      ),
    ),
  ),
  FOYER_NATS_URL: z.optional(
    z
      .string()
      .check(
        z.refine((urls) => urls.split(',').every(isBroker), 'must be an address such as nats://host:4222'),
      ),
  ),
  FOYER_SMTP_URL: z.optional(
    z
      .string()
      .check(z.refine(isMailServer, 'must be an address such as smtp://user:password@mail.example.com:587')),
  ),
  FOYER_MAIL_FROM: z.optional(
    z
      .string()
      .check(
        z.refine(
          (text) => email.safeParse(senderOf(text).address).success,
          'must be an address such as Example <chat@example.com>',
        ),
      ),
  ),
  DATABASE_URL: z.optional(z.url({ protocol: /^postgres(ql)?$/, error: 'must start with postgres://' })),
});

/** `smtp://user:password@host:587` (with STARTTLS) or `smtps://host`. */
function isMailServer(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname, pathname, search } = new URL(url);
  return /^smtps?:$/.test(protocol) && hostname !== '' && `${pathname}${search}`.length < 2;
}

/** `chat@example.com` or `Example <chat@example.com>` */
function senderOf(text: string): { name: string; address: string } {
  const [, name = '', address = text] = /^([^<>"\p{Cc}]{1,120}) <([^<>\s]{1,254})>$/u.exec(text) ?? [];
  return { name, address };
}

/** What people type or copy where a random secret belongs: few different characters, or words of a template. */
function isGuessable(secret: string): boolean {
  const words = /change.?me|example|placeholder|replace.?(me|this)|(your|my|super).?secret/i;
  return new Set(secret).size < 10 || words.test(secret);
}

export type MailConfig = {
  smtp: {
    host: string;
    port: number;
    /** TLS from the first byte. */
    secure: boolean;
    user: string | undefined;
    pass: string | undefined;
  };
  from: { name: string; address: string };
};

export type Config = {
  dataFolder: string;
  bind: string;
  console: { port: number; url: string };
  chat: { port: number; url: string };
  /** undefined: /metrics is not served. */
  metrics: { port: number; bind: string } | undefined;
  /** Addresses or CIDR ranges whose X-Forwarded-For is believed. */
  trustedProxies: string[];
  logLevel: string;
  /** Signs visitors' tokens and cookies; undefined: kept in the data folder. */
  secret: string | undefined;
  /** Carries events between several servers on one database; undefined: this is the only one. */
  broker: Broker | undefined;
  /** How e-mail leaves; undefined: it waits. */
  mail: MailConfig | undefined;
  /** undefined: the embedded PostgreSQL. */
  databaseUrl: string | undefined;
};

/**
 * The only reader of process.env. Every variable may also come as `NAME_FILE`, the path of a file with the value.
 * Throws StartRefused `bad_configuration` that lists all mistakes at once.
 */
export function readConfig(env: Record<string, string | undefined>): Config {
  const mistakes: string[] = [];
  const given: Record<string, string> = {};
  for (const name of Object.keys(environment.shape)) {
    const file = env[`${name}_FILE`];
    if (file && env[name]) mistakes.push(`${name} and ${name}_FILE are both set; keep one.`);
    const value = file ? readValue(name, file, mistakes) : env[name];
    if (value !== undefined && value !== '') given[name] = value;
  }
  for (const name of Object.keys(env)) {
    const known = name.replace(/_FILE$/, '') in environment.shape || name.startsWith('FOYER_TEST_');
    if (name.startsWith('FOYER_') && !known) mistakes.push(`${name} is not a setting of Foyer (see README).`);
  }
  const result = environment.safeParse(given);
  if (!result.success) {
    for (const issue of result.error.issues) mistakes.push(`${String(issue.path[0])} ${issue.message}.`);
  }
  if (!result.success || mistakes.length > 0) {
    throw new StartRefused(
      'bad_configuration',
      `The configuration has mistakes:\n  ${mistakes.join('\n  ')}`,
    );
  }
  const { data } = result;
  const base = (url: string | undefined, number: number) =>
    (url ?? `http://localhost:${number}`).replace(/\/$/, '');
  const addresses = {
    console: base(data.FOYER_CONSOLE_URL, data.FOYER_CONSOLE_PORT),
    chat: base(data.FOYER_CHAT_URL, data.FOYER_CHAT_PORT),
  };
  if (addresses.console === addresses.chat) {
    const sentence = 'FOYER_CONSOLE_URL and FOYER_CHAT_URL must be two different origins.';
    throw new StartRefused(
      'bad_configuration',
      `${sentence} A visitor's file or frame must never share the console's.`,
    );
  }
  if (data.FOYER_NATS_URL !== undefined && !(data.DATABASE_URL && data.FOYER_SECRET)) {
    throw new StartRefused(
      'bad_configuration',
      'FOYER_NATS_URL is for several servers with one database and one secret: set DATABASE_URL and FOYER_SECRET too.',
    );
  }
  if ((data.FOYER_SMTP_URL === undefined) !== (data.FOYER_MAIL_FROM === undefined)) {
    throw new StartRefused(
      'bad_configuration',
      'FOYER_SMTP_URL and FOYER_MAIL_FROM belong together: set both, or neither to send no e-mail.',
    );
  }
  return {
    dataFolder: data.FOYER_DATA ?? defaultDataFolder(),
    bind: data.FOYER_BIND,
    console: { port: data.FOYER_CONSOLE_PORT, url: addresses.console },
    chat: { port: data.FOYER_CHAT_PORT, url: addresses.chat },
    metrics:
      data.FOYER_METRICS_PORT === undefined
        ? undefined
        : { port: data.FOYER_METRICS_PORT, bind: data.FOYER_METRICS_BIND },
    trustedProxies: data.FOYER_TRUSTED_PROXIES.split(/[\s,]+/).filter(Boolean),
    logLevel: data.FOYER_LOG_LEVEL,
    secret: data.FOYER_SECRET,
    broker: data.FOYER_NATS_URL === undefined ? undefined : brokerOf(data.FOYER_NATS_URL),
    mail:
      data.FOYER_SMTP_URL === undefined ? undefined : mailOf(data.FOYER_SMTP_URL, data.FOYER_MAIL_FROM ?? ''),
    databaseUrl: data.DATABASE_URL,
  };
}

function mailOf(url: string, sender: string): MailConfig {
  const { protocol, hostname, port: given, username, password } = new URL(url);
  const secure = protocol === 'smtps:';
  return {
    smtp: {
      host: hostname.replace(/^\[|\]$/g, ''),
      port: given === '' ? (secure ? 465 : 587) : Number(given),
      secure,
      user: username === '' ? undefined : decodeURIComponent(username),
      pass: password === '' ? undefined : decodeURIComponent(password),
    },
    from: senderOf(sender),
  };
}

function brokerOf(urls: string): Broker {
  const all = urls.split(',').map((url) => new URL(url));
  const [{ protocol, username, password } = { protocol: '', username: '', password: '' }] = all;
  const [user, pass] = [decodeURIComponent(username), decodeURIComponent(password)];
  return {
    servers: all.map(({ host }) => host),
    tls: protocol === 'tls:',
    ...(user !== '' && (pass === '' ? { token: user } : { user, pass })),
  };
}

function readValue(name: string, file: string, mistakes: string[]): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    mistakes.push(`${name}_FILE names ${file}, which cannot be read.`);
    return undefined;
  }
}
