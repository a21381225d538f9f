import type { Me, SignIn } from '#protocol/auth.ts';
import { Refusal } from '../../core/errors.ts';
import type { RequestInfo } from '../../core/http/route.ts';
import { addressKey, RateLimit } from '../../core/rate-limit.ts';
import type { Context } from '../../context.ts';
import { emailOfOperator } from '../../unscoped/read-accounts.ts';
import { knownDevice, rememberDevice } from './known-device.ts';
import { readMe } from './read-me.ts';
import { personIdOf } from './store.ts';

/** What a successful sign-in answers: the person, and the cookies. */
export type Opened = { me: Me; lines: [string, string][] };

/** An address that nobody can have: the work for an unknown handle is the same as for an unknown address. */
const NOBODY = 'nobody@handle.invalid';

/**
 * The two ways of OC-01. Whatever is wrong, the answer is `wrong_credentials` after the same work, so that nobody
 * learns who exists (threats.md C1). Limits apply before any work: guesses from unknown devices share one bucket per
 * identity and one per address; a device on which the person has signed in before has its own, so that a flood of
 * guesses does not lock the owner out (C2). Only guesses count: an office behind one address may sign in together.
 */
export function createSignIn(context: Context): (input: SignIn, request: RequestInfo) => Promise<Opened> {
  const perAddress = new RateLimit({ perMinute: 20, burst: 20 });
  const perIdentity = new RateLimit({ perMinute: 10 / 15, burst: 10 });
  const perDevice = new RateLimit({ perMinute: 10 / 15, burst: 10 });

  return async (input, request) => {
    const known = knownDevice(context, request.headers);
    const isOwners = known !== undefined && known.personId === (await personIdBehind(context, input));
    const counted: [RateLimit, string][] = isOwners
      ? [[perDevice, known.deviceId]]
      : [
          [perAddress, addressKey(request.ip)],
          [perIdentity, identityOf(input)],
        ];
    for (const [limit, key] of counted) limit.check(key);
    const email = (await emailBehind(context, input)) ?? NOBODY;
    const opened = await openSession(context, { email, password: input.password }, request);
    if (opened) {
      for (const [limit, key] of counted) limit.giveBack(key);
      return opened;
    }
    throw new Refusal(
      'wrong_credentials',
      'This is not right. Please check what you typed, upper and lower case too.',
    );
  };
}

/** Opens a session and remembers the device; undefined when the password or the address is wrong. */
export async function openSession(
  context: Context,
  credentials: { email: string; password: string },
  request: RequestInfo,
): Promise<Opened | undefined> {
  const signedIn = await context.auth.signIn(credentials, request);
  if (!signedIn) return undefined;
  const { personId, lines } = signedIn;
  return { me: await readMe(context, personId), lines: [...lines, rememberDevice(context, personId)] };
}

async function emailBehind({ db }: Context, input: SignIn): Promise<string | undefined> {
  return 'email' in input ? input.email.toLowerCase() : emailOfOperator(db, input.account, input.handle);
}

async function personIdBehind(context: Context, input: SignIn): Promise<string | undefined> {
  const email = await emailBehind(context, input);
  return email === undefined ? undefined : personIdOf(context.db.persons, email);
}

/** What was typed, not whom it means: a shared bucket would tell that two names belong to one person. */
const identityOf = (input: SignIn): string =>
  'email' in input ? input.email.toLowerCase() : `${input.account}/${input.handle}`;
