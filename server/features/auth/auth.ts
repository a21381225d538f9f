import { betterAuth } from 'better-auth';
import type { PersonActor } from '../../core/actor.ts';
import type { Database } from '../../core/database/database.ts';
import type { Logger } from '../../core/logger.ts';
import { cookieLine, cookieName } from './cookies.ts';
import { hashPassword, verifyPassword } from './password.ts';

const SESSION_SECONDS = 30 * 86_400;

type Settings = {
  db: Database;
  /** The console's own address; its scheme decides about Secure cookies. */
  url: string;
  /** Signs the session cookie. */
  secret: Uint8Array;
  log: Logger;
};

/** Headers to be sent with an answer. */
type HeaderLines = [string, string][];

export type Auth = {
  /** Who holds the session cookie, or undefined. Asks the database each time: a session that was ended is dead at once. */
  sessionOf: (headers: Headers) => Promise<PersonActor | undefined>;
  /** Prolongs the session of the cookie by 30 days, at most once an hour; the lines to send, none when it is not due. */
  prolong: (headers: Headers) => Promise<HeaderLines>;
  /** Checks the password and opens a session; undefined for an unknown address or a wrong password, after the same work. */
  signIn: (
    credentials: { email: string; password: string },
    from: { ip: string; headers: Headers },
  ) => Promise<SignedIn | undefined>;
  /** The line that makes a browser forget its session. */
  forget: () => HeaderLines;
};

export type SignedIn = { personId: string; lines: HeaderLines };

/**
 * Sessions by better-auth over our own tables. Its HTTP handler is not mounted: our routes call it, so that limits,
 * Origin checks and answers are ours alone and nothing is reachable that we did not declare.
 */
export function createAuth({ db, url, secret, log }: Settings): Auth {
  const secure = url.startsWith('https://');
  const { api } = betterAuth({
    baseURL: url,
    secret: Buffer.from(secret).toString('base64url'),
    database: { db: db.persons, type: 'postgres' },
    telemetry: { enabled: false },
    rateLimit: { enabled: false },
    logger: { level: 'error', log: (_level, message) => log.error({ from: 'better-auth' }, message) },
    emailAndPassword: {
      enabled: true,
      disableSignUp: true,
      maxPasswordLength: 200,
      password: { hash: hashPassword, verify: ({ hash, password }) => verifyPassword(hash, password) },
    },
    user: {
      modelName: 'persons',
      fields: { emailVerified: 'email_verified', createdAt: 'created_at', updatedAt: 'updated_at' },
      additionalFields: {
        platformAdministrator: {
          type: 'boolean',
          input: false,
          required: true,
          fieldName: 'platform_administrator',
        },
      },
    },
    session: {
      modelName: 'person_sessions',
      expiresIn: SESSION_SECONDS,
      updateAge: 3600,
      cookieCache: { enabled: false },
      fields: {
        userId: 'person_id',
        expiresAt: 'expires_at',
        ipAddress: 'ip_address',
        userAgent: 'user_agent',
        createdAt: 'created_at',
        updatedAt: 'updated_at',
      },
    },
    account: {
      modelName: 'person_credentials',
      fields: {
        userId: 'person_id',
        accountId: 'account_id',
        providerId: 'provider_id',
        accessToken: 'access_token',
        refreshToken: 'refresh_token',
        idToken: 'id_token',
        accessTokenExpiresAt: 'access_token_expires_at',
        refreshTokenExpiresAt: 'refresh_token_expires_at',
        createdAt: 'created_at',
        updatedAt: 'updated_at',
      },
    },
    verification: {
      modelName: 'person_verifications',
      fields: { expiresAt: 'expires_at', createdAt: 'created_at', updatedAt: 'updated_at' },
    },
    advanced: {
      // Joins: one statement whether the person exists or not, which the time of an answer would tell.
      database: { generateId: () => crypto.randomUUID(), joins: true, validateSchema: false },
      ipAddress: { ipAddressHeaders: [ADDRESS] },
      // The names below carry `__Host-` where better-auth would prepend `__Secure-`.
      useSecureCookies: false,
      cookiePrefix: 'foyer',
      cookies: { session_token: { name: cookieName('session', secure) } },
      defaultCookieAttributes: { secure, httpOnly: true, sameSite: 'lax', path: '/' },
    },
  });

  return {
    sessionOf: async (headers) => {
      const asked = api.getSession({ headers: cookieOf(headers), query: { disableRefresh: true } });
      const found = await asked.catch((error: unknown) => {
        throw causeOf(error);
      });
      if (!found) return undefined;
      return {
        kind: 'person',
        personId: found.user.id,
        sessionId: found.session.id,
        signedInAt: found.session.createdAt,
        sessionExpiresAt: found.session.expiresAt,
        platformAdministrator: found.user.platformAdministrator,
      };
    },
    prolong: async (headers) => {
      try {
        const { headers: answered } = await api.getSession({
          headers: cookieOf(headers),
          returnHeaders: true,
        });
        return sessionLines(answered, cookieName('session', secure));
      } catch (error) {
        // It was ended at this very moment.
        if (hasStatus(error, 'UNAUTHORIZED')) return [];
        throw causeOf(error);
      }
    },
    signIn: async (credentials, { ip, headers }) => {
      const known = new Headers({
        [ADDRESS]: ip,
        'user-agent': (headers.get('user-agent') ?? '').slice(0, 400),
      });
      try {
        const { response, headers: answered } = await api.signInEmail({
          body: credentials,
          headers: known,
          returnHeaders: true,
        });
        return { personId: response.user.id, lines: sessionLines(answered, cookieName('session', secure)) };
      } catch (error) {
        if (hasStatus(error, 'UNAUTHORIZED')) return undefined;
        throw causeOf(error);
      }
    },
    forget: () => [cookieLine('session', '', { secure, maxAge: 0 })],
  };
}

const ADDRESS = 'x-foyer-address';

/** better-auth sees of a request only what it needs, never Host or forwarding headers. */
const cookieOf = (headers: Headers): Headers => new Headers({ cookie: headers.get('cookie') ?? '' });

const sessionLines = (headers: Headers, name: string): HeaderLines =>
  headers
    .getSetCookie()
    .filter((line) => line.startsWith(`${name}=`))
    .map((line) => ['set-cookie', line]);

/** better-auth wraps what the database throws; our callers need to see whether it is an outage. */
const causeOf = (error: unknown): unknown =>
  error instanceof Error && error.cause instanceof Error ? error.cause : error;

const hasStatus = (error: unknown, status: string): boolean =>
  error instanceof Error && 'status' in error && error.status === status;
