import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Context } from '../../context.ts';
import { cookieLine, cookieName, readCookie } from './cookies.ts';

const DAYS = 400;

type Needed = Pick<Context, 'config' | 'key'>;

const isSecure = ({ config }: Needed): boolean => config.console.url.startsWith('https://');

const sign = (context: Needed, text: string): string =>
  createHmac('sha256', context.key('device')).update(text).digest('base64url');

/** The cookie line that makes this browser one from which the person has signed in: `<person>.<device>.<time>.<signature>`. */
export function rememberDevice(
  context: Needed,
  personId: string,
  now: number = Date.now(),
): [string, string] {
  const text = `${personId}.${crypto.randomUUID()}.${now}`;
  return cookieLine('device', `${text}.${sign(context, text)}`, {
    secure: isSecure(context),
    maxAge: DAYS * 86_400,
  });
}

export type KnownDevice = { personId: string; deviceId: string };

/** The person that has signed in from this browser before, if the cookie is ours and at most 400 days old. */
export function knownDevice(
  context: Needed,
  headers: Headers,
  now: number = Date.now(),
): KnownDevice | undefined {
  const value = readCookie(headers, cookieName('device', isSecure(context))) ?? '';
  const [personId = '', deviceId = '', time = '', signature = ''] = value.split('.');
  const expected = Buffer.from(sign(context, `${personId}.${deviceId}.${time}`));
  const given = Buffer.from(signature);
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
  return now - Number(time) < DAYS * 86_400_000 ? { personId, deviceId } : undefined;
}
